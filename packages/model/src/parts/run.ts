/** How a session or a run ended. `died`: without a word, as after a `kill -9`. */
export type Ended = 'completed' | 'failed' | 'signalled' | 'died' | 'running'

/** A start of the agent in a session, as far as manifest and spans tell of it. */
export type SessionRun = {
  id: string
  /** ISO 8601. */
  startedAt?: string
  endedAt?: string
  ended: Ended
  exitCode?: number
  signal?: string
  /** The version of Tacho that recorded it. */
  tacho?: string
  agentVersion?: string
  pid?: number
  command?: string
  argv?: string[]
  cwd?: string
  lost?: Record<string, number>
  faults?: Record<string, number>
  debugLog?: string
  /** It was recorded with `--no-scrub`: what was sent stands in it with its secrets. */
  scrubbed?: false
}
