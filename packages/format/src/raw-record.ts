import type { Content } from './content.js'

/**
 * A line of `session_oai_raw.log`: one thing that happened to an exchange, written when it
 * happened. An exchange's id is also the span id of its `chat` span.
 */
export type RawRecord =
  | ExchangeRecord
  | RequestBodyRecord
  | ResponseRecord
  | ChunkRecord
  | EndRecord
  | MessageRecord
  | UnparsedRecord
  | GapRecord

/** Header fields in the order and case in which they were sent; names can repeat. */
export type Headers = [name: string, value: string][]

/**
 * The request's head has arrived at the tap, or on a WebSocket, the message that asks for an
 * answer.
 */
export type ExchangeRecord = {
  kind: 'exchange'
  exchange: string
  /**
   * When it began: ISO 8601, in microseconds. The `at` of all its other records counts from here.
   */
  time: string
  method: string
  /** The URL that the request is sent to. */
  url: string
  headers: Headers
  /** The session's trace id; absent if the request came before the session had an id. */
  traceId?: string
  /** The run (start of the agent) that it belongs to: the span id of its `session` span. */
  run: string
  /** Codex's thread and turn, if the request names them. */
  threadId?: string
  turnId?: string
  /** How it was carried; absent for plain HTTP, which includes a WebSocket's upgrade. */
  transport?: 'websocket'
  /**
   * For an exchange on a WebSocket: the exchange of its upgrade, which stands for the connection.
   */
  connection?: string
  /** A prewarm: it asks for no answer and only gets the API ready for the next request. */
  prewarm?: true
  /** What its thread is for, if the agent says so and it is not the user's own: `thread_title`. */
  threadSource?: string
  /** What it asks for, if the agent says so and it is not a step of a turn: `compaction:auto`. */
  requestKind?: string
  /** The tool call that made the request, if the program says so. */
  within?: string
  /** The model's provider, if it differs from the run's (`session_events.log`). */
  provider?: string
}

/**
 * The request's body has arrived, in whole or as far as it came. A response can begin before that,
 * so this record may come after the response and its chunks.
 */
export type RequestBodyRecord = {
  kind: 'request-body'
  exchange: string
  /** Microseconds since the exchange began, here and in the records below. */
  at: number
  content: Content
  /** Length and SHA-256 of the bytes that `content` stands for. */
  bytes: number
  sha256: string
  /** The content coding that was decoded for the record; absent if there was none. */
  decoded?: string
  /** Length and SHA-256 on the wire, if they differ from those of `content`. */
  wire?: { bytes: number; sha256: string }
  /** The exchange ended before the whole body was seen: `content` is its beginning. */
  cut?: true
  /**
   * How many bytes on the wire, after those of `content`, passed unrecorded because too much was
   * waiting to be recorded.
   */
  missed?: number
  /** Why decoding failed partway; `content` is what was decoded before that. */
  broken?: string
  /** Decoding stopped at this many bytes, the limit for any body: this one is longer. */
  stopped?: number
  /** The secrets that were replaced. */
  scrubbed?: Scrubbed[]
}

/**
 * A secret that was replaced in a body: its offset and length, in bytes of the body, and its rule.
 */
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
  /** Continues the previous chunk, whose end was held back because a secret could begin there. */
  continued?: true
  scrubbed?: Scrubbed[]
}

/** How an exchange ended. */
export type ExchangeState = 'completed' | 'cancelled' | 'failed'

/** The exchange is over. */
export type EndRecord = {
  kind: 'end'
  exchange: string
  at: number
  state: ExchangeState
  /** Bytes of each body on the wire. */
  requestBytes: number
  responseBytes: number
  /** SHA-256 of the response's body as its chunks are in the log. */
  responseSha256: string
  /** SHA-256 of it on the wire, if it had a content coding. */
  wireSha256?: string
  /** The content coding that was decoded for the record. */
  decoded?: string
  /** Why decoding failed partway; the chunks are what was decoded before that. */
  broken?: string
  /** Decoding stopped at this many bytes, the limit for any body: this one is longer. */
  stopped?: number
  /**
   * How many bytes on the wire, after those of the chunks, passed unrecorded because too much was
   * waiting to be recorded.
   */
  missed?: number
  trailers?: Headers
  /**
   * The peer: the API, or a proxy. Absent if it is the same as for the run's previous exchange to
   * end, or if there was none.
   */
  peer?: { address?: string; port?: number; http2?: true }
  /** When the agent closed its side, if that was before the end. */
  hungUpAt?: number
  /** For an upgrade: how the connection that it began ended. */
  webSocket?: WebSocketEnd
  /** What went wrong, and on which side: the agent's or the API's. */
  error?: { side: 'agent' | 'upstream'; code: string; message: string }
}

/** How a WebSocket ended. */
export type WebSocketEnd = {
  /** Which side closed it first, with or without a close frame. */
  closedBy: 'agent' | 'upstream'
  /** From the close frame; both absent if there was none. */
  code?: number
  reason?: string
  /** Messages sent by the agent, and by the API. */
  sent: number
  received: number
}

/** A message of a WebSocket that belongs to no exchange. */
export type MessageRecord = {
  kind: 'message'
  /** The exchange of the upgrade. */
  connection: string
  /** Microseconds since that exchange began. */
  at: number
  from: 'agent' | 'upstream'
  type: 'text' | 'binary' | 'ping' | 'pong' | 'close'
  /** The payload; for a close frame, its reason. */
  content: Content
  /** The code of a close frame, if it has one. */
  code?: number
  scrubbed?: Scrubbed[]
}

/**
 * From here on, one side of an exchange could not be parsed: its bytes are in the body as they
 * came.
 */
export type UnparsedRecord = {
  kind: 'unparsed'
  exchange: string
  at: number
  side: 'request' | 'response'
  reason: string
}

/** Records that were lost, written as soon as writing works again. */
export type GapRecord = {
  kind: 'gap'
  time: string
  /** When the first of them was lost. */
  since: string
  /** How many records of each kind. */
  lost: Record<string, number>
  bytes: number
  reason: string
}
