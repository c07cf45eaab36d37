import type { Attributes, SeenEvent } from '@tacho/format'
import type { Conversation } from './conversation.js'
import type { ToolOutput } from './model-api/tool-outputs.js'
import type { StoppedExchange } from './session/cancellations.js'

/**
 * What a tap saw, and when (microseconds since the epoch): an event of `session_events.log`, or
 * facts from an exchange's records. It does not say what that means: this package does, with the
 * same result while recording and years later.
 */
export type Observation = { at: number } & (SeenEvent | ExchangeObservation)

export type ExchangeObservation = ExchangeStarted | ToolCalled | HostedToolEnded | ExchangeEnded

/** One kind of observation. */
export type Observed<Kind extends Observation['kind']> = Extract<Observation, { kind: Kind }>

/** A request is on disk. `at` is when it began. */
export type ExchangeStarted = {
  kind: 'exchange-started'
  exchange: string
  conversation: Conversation
  /** What its thread is for, if the agent says that it is not the user's own. */
  threadSource?: string
  /** The tool call that made the request, if the program says so. */
  within?: string
  /** If it asks a model: the name and attributes of its `chat` span, whose id is the exchange's. */
  chat?: { name: string; attributes: Attributes }
  /**
   * Returns what the request says about the outputs of some calls. Only valid while this
   * observation is being processed.
   */
  outputs?: (calls: readonly string[]) => ToolOutput[]
}

/** The model calls a tool, according to its answer. */
export type ToolCalled = {
  kind: 'tool-called'
  exchange: string
  conversation: Conversation
  callId: string
  name: string
  namespace?: string
  /** JSON, or text for a tool that takes text. */
  input: string
  /** The API runs it itself while it answers. */
  isHosted?: boolean
}

/** A tool that the API runs itself has ended. */
export type HostedToolEnded = {
  kind: 'hosted-tool-ended'
  exchange: string
  conversation: Conversation
  callId: string
  /** In the API's words. */
  status?: string
  /** JSON: what the tool did, if the API says so only now. */
  input?: string
}

/** How a span ends. */
export type Ending = { attributes: Attributes; error?: { message?: string | undefined } }

/** The exchange has ended, at `at`. */
export type ExchangeEnded = {
  kind: 'exchange-ended'
  exchange: string
  conversation: Conversation
  within?: string
  chat?: Ending
  /** The span of its HTTP request, if it has one of its own. */
  http?: Ending & { name: string; startedAt: number }
  /** Set for a model call that was cut off. */
  stopped?: Omit<StoppedExchange, 'conversation' | 'spanId'>
}
