/** The APIs whose conversations can be read. */
export const CONVERSATION_APIS = ['responses', 'chat-completions', 'messages', 'gemini'] as const

export type ConversationApiName = (typeof CONVERSATION_APIS)[number]

/** The members and indexes that lead from the root of a JSON text to a value. */
export type JsonPath = readonly (string | number)[]

/**
 * What a request gives a model, for any API. All of it is as sent: what has no place of its own is
 * a parameter, or a part `other`.
 */
export type ModelRequest = {
  /** Absent for an unknown API: everything is then a parameter. */
  api?: ConversationApiName
  model?: string
  parameters: Parameter[]
  tools: ToolDefinition[]
  /** What precedes the conversation: `instructions`, `system`, leading system messages. */
  instructions: Message[]
  /** Oldest first. */
  messages: Message[]
}

/** A member of a request that belongs to none of the other parts. */
export type Parameter = { name: string; value: unknown; path: JsonPath }

/** A tool that a model may call. */
export type ToolDefinition = {
  /** Its own name; for a tool that the API runs, its type. */
  name: string
  description?: string
  value: unknown
  path: JsonPath
}

/** One entry of a conversation in its API: a message, or an item next to messages. */
export type Message = {
  /** In the API's words; for an item without a role `assistant`, `tool` or `unknown`. */
  role: string
  parts: Part[]
  /** As sent or answered. */
  value: unknown
  /** What the model is given of it, if the same can be sent in several forms. */
  given?: unknown
  /** Its place in the request's body; absent if it has none. */
  path?: JsonPath
}

/** A part of a message, named as in OpenTelemetry's GenAI conventions if those have a name. */
export type Part =
  | { type: 'text'; text: string }
  /** `encrypted`: how many characters only the API can read. */
  | { type: 'reasoning'; text: string; encrypted?: number }
  | { type: 'tool_call'; name: string; id?: string; arguments: string }
  /** `name` is that of its call if it has none of its own. */
  | { type: 'tool_call_response'; id?: string; name?: string; parts: Part[] }
  | ({ type: 'image' | 'file' } & Attachment)
  /** Of an unknown shape. */
  | { type: 'other'; value: unknown }

/** Where the bytes of an image or a file are; what is unknown is absent. */
export type Attachment = {
  mediaType?: string
  name?: string
  /** The API's own id for it. */
  id?: string
  url?: string
  /** Length of the content, if it was sent along. */
  bytes?: number
}

/** What a model answered. */
export type ModelAnswer = {
  id?: string
  model?: string
  /** As far as they arrived. */
  messages: Message[]
  /** Bodies and events of no known shape, including errors. */
  other: unknown[]
}
