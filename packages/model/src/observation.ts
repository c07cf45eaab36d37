import type { Attributes, SeenEvent } from '@tacho/format'
import type { Conversation } from './conversation.js'
import type { ToolOutput } from './model-api/tool-outputs.js'
import type { StoppedExchange } from './session/cancellations.js'

/**
 * What a tap saw, and when it saw it (microseconds since the epoch): an event of `session_events.log`,
 * or what the records of an exchange tell. It says nothing of what that means: this package does, the
 * same while a session is recorded and when it is read.
 */
export type Observation = { at: number } & (SeenEvent | ExchangeObservation)

export type ExchangeObservation = ExchangeStarted | ToolCalled | HostedToolEnded | ExchangeEnded

/** One kind of observation. */
export type Observed<Kind extends Observation['kind']> = Extract<Observation, { kind: Kind }>

/** A request is on the disk. `at` is when it began. */
export type ExchangeStarted = {
  kind: 'exchange-started'
  exchange: string
  conversation: Conversation
  /** What its thread is for, where the agent says that it is not the user's own. */
  threadSource?: string
  /** The call of a tool within which it was made, where its program says so. */
  within?: string
  /** Where it asks a model: the name and the attributes of its `chat` span, whose id is the exchange's. */
  chat?: { name: string; attributes: Attributes }
  /** Gives what the request says of the outputs of some calls; it is valid while this is observed. */
  outputs?: (calls: readonly string[]) => ToolOutput[]
}

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
  /** JSON: what it did, where the API tells that only now. */
  input?: string
}

/** How a span ends. */
export type Ending = { attributes: Attributes; error?: { message?: string | undefined } }

/** The exchange is over; `at` is when. */
export type ExchangeEnded = {
  kind: 'exchange-ended'
  exchange: string
  conversation: Conversation
  within?: string
  chat?: Ending
  /** The span of its HTTP request, where it had one of its own. */
  http?: Ending & { name: string; startedAt: number }
  /** Of a model call that was cut off. */
  stopped?: Omit<StoppedExchange, 'conversation' | 'spanId'>
}
