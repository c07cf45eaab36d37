import type { Attributes } from './attributes.js'
import type { Conversation } from './conversation.js'
import type { StoppedExchange } from './session/cancellations.js'

/**
 * What a tap saw, and when it saw it (microseconds since the epoch). It says nothing of what that
 * means: this package does, the same while a session is recorded and when it is read.
 */
export type Observation = { at: number } & (
  | RunStarted
  | RunEnded
  | ExchangeStarted
  | ToolCalled
  | HostedToolEnded
  | ExchangeEnded
  | JsonRpcSeen
  | ClientGone
  | LogEventSeen
  | HookSeen
  | SignalSeen
  | TimePassed
)

/** The agent has started; or another session of the same start of it has begun. */
export type RunStarted = {
  kind: 'run-started'
  /** How the agent was started: `exec`, `app-server`, `tui`. */
  command: string
  cwd: string
  pid: number
  /** Of Tacho. */
  version: string
  agentVersion?: string
  /** Which taps there are: what the others would have seen is not known. */
  taps: Tap[]
  /** For how long after what they stop wishes may be heard of. */
  lateWishMilliseconds?: number
}

/** Where something is seen. */
export type Tap = 'http' | 'json-rpc' | 'log-events' | 'hooks'

export type RunEnded = { kind: 'run-ended'; exitCode?: number; signal?: string }

/** A request has been sent: it is on the disk. `at` is when it began. */
export type ExchangeStarted = {
  kind: 'exchange-started'
  exchange: string
  conversation: Conversation
  /** What its thread is for, where the agent says that it is not the user's. */
  threadSource?: string
  agentVersion?: string
  /** Its spans, outer ones first: a `chat` span where a model is asked, and that of the HTTP request. */
  spans: ExchangeSpan[]
}

export type ExchangeSpan = { spanId: string; name: string; attributes: Attributes }

/** The model calls a tool, as its answer says. */
export type ToolCalled = {
  kind: 'tool-called'
  exchange: string
  conversation: Conversation
  callId: string
  name: string
  namespace?: string
  /** JSON, or the input of a tool that takes text. */
  input: string
  /** The API runs it itself, while it answers. */
  isHosted?: boolean
}

/** A tool that the API runs itself is done. */
export type HostedToolEnded = {
  kind: 'hosted-tool-ended'
  exchange: string
  conversation: Conversation
  callId: string
  /** As the API calls it. */
  status?: string
}

export type ExchangeEnded = {
  kind: 'exchange-ended'
  exchange: string
  conversation: Conversation
  /** What each of its spans ends with. */
  spans: { spanId: string; attributes: Attributes; error?: { message?: string | undefined } }[]
  /** Of a model call that was cut off. */
  stopped?: Omit<StoppedExchange, 'conversation' | 'spanId'>
}

/** A message between a client and the agent's server. */
export type JsonRpcSeen = {
  kind: 'json-rpc'
  /** Which connection: ids of requests begin anew on each. */
  connection: number
  from: 'client' | 'server'
  /** Those of its members that are known to this package. */
  message: Record<string, unknown>
}

/** The client has closed its side. */
export type ClientGone = { kind: 'client-gone'; connection: number }

/** A log event of the agent's own. */
export type LogEventSeen = {
  kind: 'log-event'
  name: string
  /** When it happened, as the agent tells it; `at` is when it came. */
  happenedAt?: number
  attributes: Record<string, unknown>
}

/** What the agent told a hook. */
export type HookSeen = {
  kind: 'hook'
  happenedAt?: number
  message: Record<string, unknown>
}

/** A signal has reached the agent. */
export type SignalSeen = { kind: 'signal'; signal: string }

/** Something waited for this moment: that nothing came until then has a meaning. */
export type TimePassed = { kind: 'time' }
