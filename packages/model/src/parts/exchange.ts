import type { EndRecord, ExchangeState, WebSocketEnd } from '@tacho/format'
import type { ExchangeError, Outcome } from '../model-api/outcome.js'
import type { Usage } from './usage.js'

/** An API request and its response, without their bodies and headers. */
export type RecordedExchange = {
  /** Its ordinal among the exchanges of the log, from 1. */
  number: number
  id: string
  /** ISO 8601, microseconds; as it was recorded. */
  startedAt: string
  /** The same in microseconds since 1970, 0 where it is no time. */
  startedMicros: number
  /** Of its last record, in microseconds since it began. */
  lastAt: number
  method: string
  url: string
  /** A message of a WebSocket asked for it; such an exchange has no status. Absent over HTTP. */
  transport?: 'websocket'
  /** The id of the exchange whose upgrade began that WebSocket, as it was recorded. */
  connection?: string
  /** It asked for no answer: it warmed up what the next one needs. */
  isPrewarm: boolean
  /** It is no request, but stands for a WebSocket from its upgrade on. */
  isConnection: boolean
  /** How that ended; absent while it is open. */
  webSocket?: WebSocketEnd
  run: string
  threadId?: string
  turnId?: string
  /** What its thread is for, in the agent's words; absent where it told none, or the user's own. */
  threadSource?: string
  /** What it asks for, in the agent's words, where that is no step of a turn: `compaction:auto`. */
  requestKind?: string
  state: ExchangeState | 'in-flight'
  status?: number
  /** Milliseconds from its beginning to the first chunk. */
  firstChunkMs?: number
  /** Milliseconds from its beginning to its end. */
  durationMs?: number
  /** Bytes on the wire; absent where none are recorded and it has no end. */
  requestBytes?: number
  /** Bytes on the wire; while it is in flight, those that have come. */
  responseBytes?: number
  chunks: number
  /** Why a side of it could not be followed, the first reason of each; absent where both could. */
  unparsed?: Unparsed[]
  error?: NonNullable<EndRecord['error']>
}

/** Where and why an exchange could not be followed. */
export type Unparsed = { side: 'request' | 'response'; reason: string }

/** Why an exchange did not go well: `side` where its connection broke. */
export type SessionExchangeError = ExchangeError &
  Partial<Pick<NonNullable<EndRecord['error']>, 'side'>>

/** An exchange together with what its `chat` span tells. */
export type SessionExchange = Omit<RecordedExchange, 'error'> & {
  model?: string
  usage?: Usage
  /** How it was answered; absent where nobody told, or where it was in flight. */
  outcome?: Outcome
  /** Why it did not go well; absent where it did. */
  error?: SessionExchangeError
}
