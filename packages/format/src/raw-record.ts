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
  | MessageRecord
  | UnparsedRecord
  | GapRecord

/** Header fields in the order and the case in which they were sent; a name can be there twice. */
export type Headers = [name: string, value: string][]

/** The request's head has arrived at the tap; over a WebSocket, the message that asks for an answer. */
export type ExchangeRecord = {
  kind: 'exchange'
  exchange: string
  /** When it began: ISO 8601, microseconds. `at` of all its other records counts from here. */
  time: string
  method: string
  /** Where the request is sent. */
  url: string
  headers: Headers
  /** The session's trace id; absent where the request came before the session had its id. */
  traceId?: string
  /** The run (the start of the agent) that it belongs to: the span id of its `session` span. */
  run: string
  /** Codex's thread and turn, where the request names them. */
  threadId?: string
  turnId?: string
  /** How it went over the wire; absent where that was HTTP alone, as for a WebSocket's upgrade. */
  transport?: 'websocket'
  /** Of an exchange over a WebSocket: the exchange of its upgrade, which stands for the connection. */
  connection?: string
  /** It asks for no answer: it only warms up what the next one needs. */
  prewarm?: true
  /** What its thread is for, where the agent says so and it is not the user's own: `thread_title`. */
  threadSource?: string
  /** What it asks for, where the agent says so and it is no step of a turn: `compaction:auto`. */
  requestKind?: string
  /** The call of a tool within which the request was made, where its program says so. */
  within?: string
  /** The provider of the model, where it is not the run's (`session_events.log`). */
  provider?: string
}

/**
 * The request's body has arrived whole, or as far as it came. An answer may begin before that, so it
 * can stand behind the response and its chunks.
 */
export type RequestBodyRecord = {
  kind: 'request-body'
  exchange: string
  /** Microseconds since the exchange began, here and in the records below. */
  at: number
  content: Content
  /** Bytes and SHA-256 of what `content` stands for. */
  bytes: number
  sha256: string
  /** The content coding that was taken off for the record; absent where nothing was. */
  decoded?: string
  /** Bytes and SHA-256 on the wire, where they are not those of `content`. */
  wire?: { bytes: number; sha256: string }
  /** The exchange was over before all of it was seen: `content` is its beginning. */
  cut?: true
  /** This many bytes on the wire, behind those of `content`, passed while too much was waiting to be recorded. */
  missed?: number
  /** Why the content coding could not be taken off to its end; `content` is what came before that. */
  broken?: string
  /** Decoding was stopped at this many bytes, because no body is decoded further: it is longer. */
  stopped?: number
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
  /** It continues the chunk before it: the end of that was held back, because a secret could begin there. */
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
  /** Bytes of either body on the wire. */
  requestBytes: number
  responseBytes: number
  /** SHA-256 of the response's body as its chunks stand in the log. */
  responseSha256: string
  /** SHA-256 of it on the wire, where it had a content coding. */
  wireSha256?: string
  /** The content coding that was taken off the response for the record. */
  decoded?: string
  /** Why it could not be taken off to its end; the chunks are what came before that. */
  broken?: string
  /** Decoding was stopped at this many bytes, because no body is decoded further: it is longer. */
  stopped?: number
  /** This many bytes on the wire, behind those of the chunks, passed while too much was waiting to be recorded. */
  missed?: number
  trailers?: Headers
  /**
   * The other end of the connection that it went over: the API, or a proxy. Absent where it is that
   * of the exchange of this run that ended before it, or where there was none.
   */
  peer?: { address?: string; port?: number; http2?: true }
  /** When the agent closed its side before the end. */
  hungUpAt?: number
  /** Of an upgrade: how the connection ended that it began. */
  webSocket?: WebSocketEnd
  /** What went wrong, and on which side: at the agent or at the API. */
  error?: { side: 'agent' | 'upstream'; code: string; message: string }
}

/** How a WebSocket ended. */
export type WebSocketEnd = {
  /** Which side was the first to close it, with a close frame or without. */
  closedBy: 'agent' | 'upstream'
  /** Of the close frame; neither is there where none came. */
  code?: number
  reason?: string
  /** Messages of the agent, and of the API. */
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
  /** What it carries; of a close frame, its reason. */
  content: Content
  /** Of a close frame, where it has one. */
  code?: number
  scrubbed?: Scrubbed[]
}

/** From here on, one side of an exchange could not be followed: its bytes stand in the body as they came. */
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
  /** How many of which kind. */
  lost: Record<string, number>
  bytes: number
  reason: string
}
