import type { Headers } from '@tacho/format'

/** What is known of an exchange when the head of its request has arrived. */
export type RequestHead = {
  method: string
  /** Where the request is sent. */
  url: string
  headers: Headers
  /** The provider of the model, by the GenAI conventions' `gen_ai.provider.name`. */
  provider?: string | undefined
  /** What the agent says of the conversation that the request belongs to. */
  conversation: Conversation
  /** After how long without a byte the agent gives up, in milliseconds. */
  idleTimeout?: number | undefined
  /** It is a message of a WebSocket, and what answers it. */
  webSocket?: { connection: string; isPrewarm: boolean } | undefined
}

/** An agent's own ids, as far as a request names them. */
export type Conversation = {
  sessionId?: string
  threadId?: string
  turnId?: string
  /** What the thread is for, where that is not the user's own: `thread_title`. */
  threadSource?: string
  /** What the request asks for, where that is no step of a turn: `compaction:auto`. */
  requestKind?: string
  /** The call of a tool within which the request is made. */
  within?: string
  agentVersion?: string
}
