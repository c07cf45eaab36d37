/** How a session or a run ended. `died`: without a trace, as after `kill -9`. */
export type Ended = 'completed' | 'failed' | 'signalled' | 'died' | 'running'

/** One start of the agent in a session, from the manifest and the spans. */
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
  /** Recorded with `--no-scrub`: it contains what was sent, secrets included. */
  scrubbed?: false
}
