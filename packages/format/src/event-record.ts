import type { AgentIdentity } from './manifest.js'

/**
 * A line of `session_events.log`: what a tap saw that is no HTTP exchange, written when it was seen.
 * It says nothing of what that means.
 */
export type EventRecord = {
  /** The run (the start of the agent) in which it was seen. */
  run: string
  /** When: ISO 8601, microseconds. */
  time: string
  /**
   * How many records of this run stood in the raw log before it, gaps not counted: what was seen
   * first.
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

/** Where something is seen. */
export type Tap =
  | 'http'
  | 'json-rpc'
  | 'acp'
  | 'stream-json'
  | 'log-events'
  | 'hooks'
  | 'server-events'
  | 'api'

/** The agent has started; or another session of the same start of it has begun. */
export type RunStarted = {
  kind: 'run-started'
  /** How the agent was started: `exec`, `app-server`, `tui`. */
  command: string
  cwd: string
  pid: number
  /** Of Tacho. */
  version: string
  agent: AgentIdentity
  /** Which taps there are: what the others would have seen is not known. */
  taps: Tap[]
  /** The provider of the model. */
  provider?: string
  /** After how long without an event of an answer the agent gives up, in milliseconds. */
  idleTimeout?: number
  /** How long after what they stop requests to cancel may be heard of, in milliseconds. */
  lateCancel?: number
  /** The machine's boot: another id after each one (Linux). */
  bootId?: string
  /** The cgroup, and how many processes the kernel has killed in it so far, for want of memory (Linux). */
  cgroup?: { path: string; memoryKills: number }
}

export type RunEnded = {
  kind: 'run-ended'
  exitCode?: number
  signal?: string
  /** How many processes the kernel has killed in the cgroup since the start, for want of memory. */
  memoryKills?: number
}

/** The agent has said which version it is. */
export type AgentVersionSeen = { kind: 'agent-version'; version: string }

/** A message between a client and the agent's server, as far as it concerns what happens. */
export type JsonRpcSeen = {
  kind: 'json-rpc'
  /** Which connection: each counts its requests anew. */
  connection: number
  from: 'client' | 'server'
  message: Record<string, unknown>
}

/** A message of the Agent Client Protocol (ACP), as far as it concerns what happens. */
export type AcpSeen = {
  kind: 'acp'
  /** Which connection: each side counts its requests anew on each, from 0. */
  connection: number
  from: 'client' | 'agent'
  message: Record<string, unknown>
}

/** A message between an agent and the program that it works for, in the agent's own form, a line each. */
export type StreamJsonSeen = {
  kind: 'stream-json'
  from: 'client' | 'agent'
  message: Record<string, unknown>
}

/** What one side of a connection has said and nobody can read: lines that are no messages of its protocol. */
export type NotUnderstood = {
  kind: 'not-understood'
  connection: number
  from: 'client' | 'agent'
  /** How many lines, since the connection began. */
  lines: number
}

/** The client has closed its side. */
export type ClientGone = { kind: 'client-gone'; connection: number }

/** A log event of the agent's own, over OTLP or in a log file. */
export type LogEventSeen = {
  kind: 'log-event'
  name: string
  /** When it happened, as the agent tells it: microseconds since the epoch. */
  happenedAt?: number
  attributes: Record<string, unknown>
}

/** What the agent told a hook. */
export type HookSeen = {
  kind: 'hook'
  /** When it happened: microseconds since the epoch. */
  happenedAt?: number
  message: Record<string, unknown>
}

/** What the agent's own server tells all of its clients, as far as it concerns what happens. */
export type ServerEventSeen = {
  kind: 'server-event'
  /** In the server's words: `permission.asked`. */
  name: string
  /** When it happened, as the server tells it: microseconds since the epoch. */
  happenedAt?: number
  properties: Record<string, unknown>
}

/** A signal has reached the agent. */
export type SignalSeen = { kind: 'signal'; signal: string }

/** The machine's clock was ahead of ours at once: it slept, or its time was set; or it was set back. */
export type ClockSet = {
  kind: 'clock-set'
  /** Microseconds; below 0 where it was set back. */
  by: number
}

/** Something waited for this moment: that nothing came until then has a meaning. */
export type TimePassed = { kind: 'time' }

/** What a program says of itself, through `session` of the package or an integration. */
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

/** Where in the program something happens; a part that it does not say is absent. */
export type HostPlace = {
  /** Its own name for the conversation. */
  threadId?: string
  turnId?: string
  /** The call of a tool in which it happens. */
  within?: string
}

export type TurnStarted = HostPlace & {
  kind: 'turn-started'
  turnId: string
  /** The agent that works in it, as the program calls it. */
  name?: string
  /** The turn of which it is a part. */
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
  /** What it was given, as JSON; longer than 64 Ki characters: how many they were. */
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
  /** What for: `tool`, or another kind of `tacho.approval.kind`. */
  approvalKind: string
  /** What is to be allowed. */
  what: string
  reason?: string
  /** The decisions that were offered. */
  offered?: string[]
  /** The call of the tool that waits. */
  callId?: string
}

export type ApprovalAnswered = {
  kind: 'approval-answered'
  approvalId: string
  outcome: string
  /** The program's own word for it. */
  decision?: string
  decidedBy?: string
  rule?: string
  rationale?: string
}

/** It is to stop what it does: in a turn, or, where none is named, in all that are going on. */
export type CancellationRequested = HostPlace & {
  kind: 'cancellation-requested'
  cancellationId: string
  origin: string
  reason: string
}

/** Everything that was to stop has stopped. */
export type CancellationEnded = { kind: 'cancellation-ended'; cancellationId: string }

/** Something worth to be found again. */
export type NoteTaken = HostPlace & {
  kind: 'note'
  note: string
  /** What belongs to it, as JSON; longer than 64 Ki characters: how many they were. */
  details?: string | { omitted: number }
}
