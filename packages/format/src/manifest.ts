/**
 * `session.json`: what a session is, at a glance. The logs tell more and are right where the two
 * differ, because they are only ever appended to.
 */
export type Manifest = {
  /** The number of the folder format ({@link FORMAT}). */
  format: number
  /** The session's id: the name of its folder. */
  id: string
  traceId: string
  agent: AgentIdentity
  /** ISO 8601, of the first run. */
  startedAt: string
  /** Each start of the agent in this session: the first, then its resumes. */
  runs: Run[]
}

/** Who was recorded. */
export type AgentIdentity = {
  /** What it is to Tacho: its subcommand. */
  name: string
  version?: string
  /** What it is called, where `name` stands for many (`acp`). */
  title?: string
}

/** An agent's name for people. */
export function agentTitle({ name, title }: AgentIdentity): string {
  return title ?? name
}

/** One start of the agent under record. */
export type Run = {
  /** The span id of its `session` span. */
  id: string
  /** The version of Tacho that recorded it. */
  tacho: string
  agentVersion?: string
  pid: number
  /** The start time of the process in the kernel's ticks, which tells it from a later one of the same pid. */
  pidStarted?: string
  /** What its pid means something in; absent in sessions of Tacho 0.1.0. */
  pidNamespace?: string
  command: string
  /** Scrubbed. */
  argv: string[]
  cwd: string
  startedAt: string
  /** Absent: the run is under way, or died without a word. */
  endedAt?: string
  ended?: RunEnded
  exchanges: EndedExchanges
  /** Records known to be lost, by kind. */
  lost?: Record<string, number>
  /** Of what was recorded, what Tacho could not read while it ran, by kind: it costs facts and no records. */
  faults?: Record<string, number>
  /** What was sent out while it ran, where that was asked for. */
  live?: LiveDelivery[]
  /** The debug log, where it is not the folder's `session.log`. */
  debugLog?: string
  /** It was recorded with `--no-scrub`. Absent: secrets were replaced. */
  scrubbed?: false
}

/**
 * How many exchanges have ended how. Those of a WebSocket count like those over HTTP; its connection,
 * whose `end` has `webSocket`, is none of these.
 */
export type EndedExchanges = {
  completed: number
  cancelled: number
  failed: number
  /** WebSockets that are gone; absent where there was none. */
  connections?: number
  /** Of the exchanges above, those that asked for no answer; absent where there was none. */
  prewarms?: number
}

/** How much of one signal of a run has arrived where it was sent. */
export type LiveDelivery = {
  signal: 'traces' | 'logs'
  endpoint: string
  /** Spans, or lines of the debug log. */
  delivered: number
  /** Known not to have arrived, or not known to have. They are in the files. */
  undelivered: number
  /** Why the last of them did not. */
  reason?: string
}

/** How a run ended: the agent's exit code, or the signal that ended it. */
export type RunEnded = { exitCode: number } | { signal: string }
