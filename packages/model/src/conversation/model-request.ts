/** The APIs whose conversations are read. */
export const CONVERSATION_APIS = ['responses', 'chat-completions', 'messages', 'gemini'] as const

export type ConversationApiName = (typeof CONVERSATION_APIS)[number]

/** Members and indexes that lead from the root of a JSON text to a value in it. */
export type JsonPath = readonly (string | number)[]

/**
 * What a request gives to a model, whichever API it speaks. All of it is as it was sent: what has no
 * place of its own here is a parameter, or a part `other`.
 */
export type ModelRequest = {
  /** Absent where the request is of none of them: all of it is then a parameter. */
  api?: ConversationApiName
  model?: string
  parameters: Parameter[]
  tools: ToolDefinition[]
  /** What stands before the conversation: `instructions`, `system`, leading system messages. */
  instructions: Message[]
  /** Oldest first. */
  messages: Message[]
}

/** A member of a request that belongs to none of its other parts. */
export type Parameter = { name: string; value: unknown; path: JsonPath }

/** A tool that a model may call. */
export type ToolDefinition = {
  /** Its own; of one that the API runs, its type. */
  name: string
  description?: string
  value: unknown
  path: JsonPath
}

/** One turn of a conversation as its API has it: a message, or an item beside messages. */
export type Message = {
  /** In the API's words; of an item without one, `assistant` or `tool`, or `unknown`. */
  role: string
  parts: Part[]
  /** As it was sent or answered. */
  value: unknown
  /** What of that its model is given, where the same can be sent in several forms. */
  given?: unknown
  /** Where it stands in the request's body; absent where it stands in none. */
  path?: JsonPath
}

/** What a message consists of; named as in OpenTelemetry's GenAI conventions, where those have a name. */
export type Part =
  | { type: 'text'; text: string }
  /** `encrypted`: characters of it that only the API can read. */
  | { type: 'reasoning'; text: string; encrypted?: number }
  | { type: 'tool_call'; name: string; id?: string; arguments: string }
  /** `name` is that of its call, where its own is not told. */
  | { type: 'tool_call_response'; id?: string; name?: string; parts: Part[] }
  | ({ type: 'image' | 'file' } & Attachment)
  /** Of a shape that is not known here. */
  | { type: 'other'; value: unknown }

/** Where the bytes of a picture or a file are; what is not told is absent. */
export type Attachment = {
  mediaType?: string
  name?: string
  /** The API's own name for it. */
  id?: string
  url?: string
  /** Of the content that was sent along. */
  bytes?: number
}

/** What a model answered. */
export type ModelAnswer = {
  id?: string
  model?: string
  /** As far as they arrived. */
  messages: Message[]
  /** Bodies and events that are of no known shape, errors among them. */
  other: unknown[]
}
