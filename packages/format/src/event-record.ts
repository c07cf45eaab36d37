import type { AgentIdentity } from './manifest.js'

/**
 * A line of `session_events.log`: what a tap saw other than an HTTP exchange, written when it was
 * seen. It does not interpret it.
 */
export type EventRecord = {
  /** The run (start of the agent) that it was seen in. */
  run: string
  /** When it was seen: ISO 8601, in microseconds. */
  time: string
  /**
   * How many records of this run were in the raw log by then, not counting gaps. It tells which
   * came first.
   */
  after: number
} & SeenEvent

export type SeenEvent =
  | RunStarted
  | RunEnded
  | AgentVersionSeen
  | JsonRpcSeen
  | AcpSeen
  | StreamJsonSeen
  | NotUnderstood
  | ClientGone
  | LogEventSeen
  | HookSeen
  | ServerEventSeen
  | SignalSeen
  | ClockSet
  | TimePassed
  | HostEvent

/** A place where Tacho sees what passes. */
export type Tap =
  | 'http'
  | 'json-rpc'
  | 'acp'
  | 'stream-json'
  | 'log-events'
  | 'hooks'
  | 'server-events'
  /** Standard error, line by line in the debug log. */
  | 'stderr'
  | 'api'

/** The agent has started, or another session of the same run has begun. */
export type RunStarted = {
  kind: 'run-started'
  /** The agent's mode: `exec`, `app-server`, `tui`. */
  command: string
  cwd: string
  pid: number
  /** Tacho's version. */
  version: string
  agent: AgentIdentity
  /** The taps of this run: what the others would have seen is unknown. */
  taps: Tap[]
  /** The model's provider. */
  provider?: string
  /** How many milliseconds without an event the agent waits for an answer before it gives up. */
  idleTimeout?: number
  /** How many milliseconds after a stop a request to cancel may still be seen. */
  lateCancel?: number
  /** The id of the machine's boot; it changes with each boot (Linux). */
  bootId?: string
  /** The cgroup, and how many processes the kernel's OOM killer has killed in it so far (Linux). */
  cgroup?: { path: string; memoryKills: number }
}

export type RunEnded = {
  kind: 'run-ended'
  exitCode?: number
  signal?: string
  /** How many processes the OOM killer has killed in the cgroup since the start. */
  memoryKills?: number
}

/** The agent has reported its version. */
export type AgentVersionSeen = { kind: 'agent-version'; version: string }

/** A message between a client and the agent's server, reduced to what matters for the session. */
export type JsonRpcSeen = {
  kind: 'json-rpc'
  /** The connection: each numbers its requests from the start. */
  connection: number
  from: 'client' | 'server'
  message: Record<string, unknown>
}

/** A message of the Agent Client Protocol (ACP), reduced to what matters for the session. */
export type AcpSeen = {
  kind: 'acp'
  /** The connection: on each, both sides number their requests from 0. */
  connection: number
  from: 'client' | 'agent'
  message: Record<string, unknown>
}

/** A line-delimited message between an agent and its client, in the agent's own format. */
export type StreamJsonSeen = {
  kind: 'stream-json'
  from: 'client' | 'agent'
  message: Record<string, unknown>
}

/** Lines from one side of a connection that are not messages of its protocol. */
export type NotUnderstood = {
  kind: 'not-understood'
  connection: number
  from: 'client' | 'agent'
  /** How many such lines since the connection began. */
  lines: number
}

/** The client has closed its side. */
export type ClientGone = { kind: 'client-gone'; connection: number }

/** A log event of the agent's own, received over OTLP or from a log file. */
export type LogEventSeen = {
  kind: 'log-event'
  name: string
  /** When it happened, according to the agent: microseconds since the epoch. */
  happenedAt?: number
  attributes: Record<string, unknown>
}

/** What the agent passed to a hook. */
export type HookSeen = {
  kind: 'hook'
  /** When it happened: microseconds since the epoch. */
  happenedAt?: number
  message: Record<string, unknown>
}

/**
 * An event that the agent's own server sends to all its clients, reduced to what matters for the
 * session.
 */
export type ServerEventSeen = {
  kind: 'server-event'
  /** The server's name for it: `permission.asked`. */
  name: string
  /** When it happened, according to the server: microseconds since the epoch. */
  happenedAt?: number
  properties: Record<string, unknown>
}

/** A signal has reached the agent. */
export type SignalSeen = { kind: 'signal'; signal: string }

/** The machine's clock jumped relative to ours: the machine slept, or its time was set. */
export type ClockSet = {
  kind: 'clock-set'
  /** Microseconds; negative if the clock was set back. */
  by: number
}

/**
 * A deadline that a reducer was waiting for has passed: that nothing came before it is significant.
 */
export type TimePassed = { kind: 'time' }

/** What a program reports about itself, through the package's `session` or an integration. */
export type HostEvent =
  | TurnStarted
  | TurnEnded
  | ToolStarted
  | ToolEnded
  | ApprovalAsked
  | ApprovalAnswered
  | CancellationRequested
  | CancellationEnded
  | NoteTaken

/** Where in the program something happens; what the program does not name is absent. */
export type HostPlace = {
  /** The program's own id for the conversation. */
  threadId?: string
  turnId?: string
  /** The id of the tool call that it happens in. */
  within?: string
}

export type TurnStarted = HostPlace & {
  kind: 'turn-started'
  turnId: string
  /** The agent that runs the turn, as the program names it. */
  name?: string
  /** The turn that this one is part of. */
  parentTurnId?: string
}

export type TurnEnded = HostPlace & {
  kind: 'turn-ended'
  turnId: string
  outcome: 'completed' | 'failed' | 'cancelled'
  /** What went wrong. */
  error?: string
}

export type ToolStarted = HostPlace & {
  kind: 'tool-started'
  callId: string
  name: string
  /** The tool's input as JSON, or its length if it exceeds 64 Ki characters. */
  input?: string | { omitted: number }
}

export type ToolEnded = HostPlace & {
  kind: 'tool-ended'
  callId: string
  outcome: 'completed' | 'failed' | 'declined' | 'cancelled'
  error?: string
  exitCode?: number
}

export type ApprovalAsked = HostPlace & {
  kind: 'approval-asked'
  approvalId: string
  /** What it is for: `tool`, or another value of `tacho.approval.kind`. */
  approvalKind: string
  /** What the approval would allow. */
  what: string
  reason?: string
  /** The decisions offered. */
  offered?: string[]
  /** The id of the tool call that waits for it. */
  callId?: string
}

export type ApprovalAnswered = {
  kind: 'approval-answered'
  approvalId: string
  outcome: string
  /** The program's own word for the outcome. */
  decision?: string
  decidedBy?: string
  rule?: string
  rationale?: string
}

/** A request to stop: one turn, or every open turn if none is named. */
export type CancellationRequested = HostPlace & {
  kind: 'cancellation-requested'
  cancellationId: string
  origin: string
  reason: string
}

/** Everything that was to stop has stopped. */
export type CancellationEnded = { kind: 'cancellation-ended'; cancellationId: string }

/** Something worth finding later. */
export type NoteTaken = HostPlace & {
  kind: 'note'
  note: string
  /** Details as JSON, or their length if it exceeds 64 Ki characters. */
  details?: string | { omitted: number }
}
