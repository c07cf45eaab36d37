import type { Headers } from '@tacho/format'

/** What is known of an exchange once the head of its request has arrived. */
export type RequestHead = {
  method: string
  /** The URL that the request is sent to. */
  url: string
  headers: Headers
  /** The model's provider, as in the GenAI conventions' `gen_ai.provider.name`. */
  provider?: string | undefined
  /** What the agent says about the conversation that the request belongs to. */
  conversation: Conversation
  /** After how many milliseconds without a byte the agent gives up. */
  idleTimeout?: number | undefined
  /** Set if the request is a WebSocket message. */
  webSocket?: { connection: string; isPrewarm: boolean } | undefined
  /** Called with the id of each tool call in the answer, unless the API gave it none. */
  onToolCall?: ((callId: string) => void) | undefined
}

/** The agent's own ids, as far as a request names them. */
export type Conversation = {
  sessionId?: string
  threadId?: string
  turnId?: string
  /** What the thread is for, if it is not the user's own: `thread_title`. */
  threadSource?: string
  /** What the request asks for, if it is not a step of a turn: `compaction:auto`. */
  requestKind?: string
  /** The tool call that makes the request. */
  within?: string
  agentVersion?: string
}
