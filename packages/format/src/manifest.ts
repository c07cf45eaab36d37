/**
 * `session.json`: a session at a glance. The logs tell more, and are right where the two differ,
 * because they are only ever appended to.
 */
export type Manifest = {
  /** The version of the folder format ({@link FORMAT}). */
  format: number
  /** The session's id, which is also the name of its folder. */
  id: string
  traceId: string
  agent: AgentIdentity
  /** When the first run started, in ISO 8601. */
  startedAt: string
  /** Each start of the agent in this session: the first, then its resumes. */
  runs: Run[]
}

/** The agent that was recorded. */
export type AgentIdentity = {
  /** Tacho's name for it: its subcommand. */
  name: string
  version?: string
  /** The agent's own name, if `name` stands for many agents (`acp`). */
  title?: string
}

/** Returns an agent's display name. */
export function agentTitle({ name, title }: AgentIdentity): string {
  return title ?? name
}

/** One recorded start of the agent. */
export type Run = {
  /** The span id of the run's `session` span. */
  id: string
  /** The version of Tacho that recorded it. */
  tacho: string
  agentVersion?: string
  pid: number
  /**
   * The process's start time in kernel ticks, which tells it from a later process with the same
   * pid.
   */
  pidStarted?: string
  /** The namespace that the pid belongs to; absent in sessions of Tacho 0.1.0. */
  pidNamespace?: string
  command: string
  /** After scrubbing. */
  argv: string[]
  cwd: string
  startedAt: string
  /** Absent if the run is still going, or died without a record of its end. */
  endedAt?: string
  ended?: RunEnded
  exchanges: EndedExchanges
  /** Records known to be lost, by kind. */
  lost?: Record<string, number>
  /**
   * Faults by kind: what Tacho recorded but failed to read during the run. They cost facts, not
   * records.
   */
  faults?: Record<string, number>
  /** What was sent live during the run, if that was on. */
  live?: LiveDelivery[]
  /** The path of the debug log, if it is not the folder's `session.log`. */
  debugLog?: string
  /** Set if recorded with `--no-scrub`. Absent means secrets were replaced. */
  scrubbed?: false
}

/**
 * Ended exchanges by state. Those on a WebSocket count like those over HTTP; the WebSocket's
 * connection, whose `end` has `webSocket`, does not.
 */
export type EndedExchanges = {
  completed: number
  cancelled: number
  failed: number
  /** Closed WebSockets; absent if 0. */
  connections?: number
  /** How many of the exchanges above were prewarms; absent if 0. */
  prewarms?: number
}

/** How much of one signal of a run was delivered to its endpoint. */
export type LiveDelivery = {
  signal: 'traces' | 'logs'
  endpoint: string
  /** Spans, or lines of the debug log. */
  delivered: number
  /** Lost, or not known to have been delivered. They are in the files. */
  undelivered: number
  /** Why the most recent failure happened. */
  reason?: string
}

/** How a run ended: the agent's exit code, or the signal that ended it. */
export type RunEnded = { exitCode: number } | { signal: string }
