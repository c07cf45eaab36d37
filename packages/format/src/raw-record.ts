import type { Content } from './content.js'

/**
 * A line of `session_oai_raw.log`: one thing that happened to an exchange, written when it
 * happened. The id of an exchange is also the span id of its `chat` span.
 */
export type RawRecord =
  | ExchangeRecord
  | RequestBodyRecord
  | ResponseRecord
  | ChunkRecord
  | EndRecord
  | GapRecord

/** Header fields in the order and the case in which they were sent; a name can be there twice. */
export type Headers = [name: string, value: string][]

/** The request's head has arrived at the tap. */
export type ExchangeRecord = {
  kind: 'exchange'
  exchange: string
  /** When it began: ISO 8601, microseconds. `at` of all its other records counts from here. */
  time: string
  method: string
  /** Where the request is sent. */
  url: string
  headers: Headers
  /** The session's trace id; not there where the request came before the session had its id. */
  traceId?: string
  /** The run (the start of the agent) that it belongs to: the span id of its `session` span. */
  run: string
  /** Codex's thread and turn, where the request names them. */
  threadId?: string
  turnId?: string
  /** It is one message of a WebSocket and what answers it; HTTP/1 where it is not there. */
  transport?: 'websocket'
  /** The exchange whose answer opened that WebSocket. */
  connection?: string
  /** It only makes the model ready: nothing is to be generated. */
  prewarm?: true
}

/** The request's body has arrived whole, or as far as it came. */
export type RequestBodyRecord = {
  kind: 'request-body'
  exchange: string
  /** Microseconds since the exchange began, here and in the records below. */
  at: number
  content: Content
  /** Bytes and SHA-256 of what `content` stands for. */
  bytes: number
  sha256: string
  /** The content coding that was taken off for the record; not there where nothing was. */
  decoded?: string
  /** Bytes and SHA-256 on the wire, where they are not those of `content`. */
  wire?: { bytes: number; sha256: string }
  /** The secrets that were replaced. */
  scrubbed?: Scrubbed[]
}

/** A secret that was replaced in a body: its place, its length, in bytes of the body, its rule. */
export type Scrubbed = [at: number, length: number, rule: string]

/** The response's head has arrived. */
export type ResponseRecord = {
  kind: 'response'
  exchange: string
  at: number
  status: number
  statusText: string
  headers: Headers
}

/** Bytes of the response's body that arrived together. */
export type ChunkRecord = {
  kind: 'chunk'
  exchange: string
  at: number
  content: Content
  /** It continues the chunk before it: the end of that was held back, for a secret could begin there. */
  continued?: true
  scrubbed?: Scrubbed[]
}

/** What passed over a WebSocket and belongs to no exchange. */
export type MessageRecord = {
  kind: 'message'
  /** The exchange whose answer opened it; `at` counts from its beginning. */
  connection: string
  at: number
  from: 'agent' | 'upstream'
  type: 'text' | 'binary' | 'ping' | 'pong' | 'close'
  content: Content
  /** The status of a `close` (RFC 6455, 7.4). */
  code?: number
}

/** From here on a side was no HTTP that could be followed; its bytes stand in its body as they came. */
export type UnparsedRecord = {
  kind: 'unparsed'
  exchange: string
  at: number
  side: 'request' | 'response'
  reason: string
}

/** How an exchange ended. */
export type ExchangeState = 'completed' | 'cancelled' | 'failed'

/** The exchange is over. */
export type EndRecord = {
  kind: 'end'
  exchange: string
  at: number
  state: ExchangeState
  /** Bytes of either body on the wire. */
  requestBytes: number
  responseBytes: number
  /** SHA-256 of the response's body as its chunks stand in the log. */
  responseSha256: string
  /** The content coding that was taken off the response for the record. */
  decoded?: string
  trailers?: Headers
  /** What went wrong, and on which side: at the agent or at the API. */
  error?: { side: 'agent' | 'upstream'; code: string; message: string }
  /** How the WebSocket ended that the answer opened. */
  webSocket?: WebSocketEnd
}

/** How a WebSocket ended, and how many messages passed over it. */
export type WebSocketEnd = {
  closedBy: 'agent' | 'upstream'
  /** What its close frame said; not there where none came (RFC 6455, 7.1.5: 1006). */
  code?: number
  reason?: string
  sent: number
  received: number
}

/** Records that were lost, written as soon as writing works again. */
export type GapRecord = {
  kind: 'gap'
  time: string
  /** When the first of them was lost. */
  since: string
  /** How many of which kind. */
  lost: Record<string, number>
  bytes: number
  reason: string
}
