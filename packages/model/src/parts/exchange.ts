import type { EndRecord, ExchangeState, WebSocketEnd } from '@tacho/format'
import type { ExchangeError, Outcome } from '../model-api/outcome.js'
import type { Usage } from './usage.js'

/** An API request and its response, without their bodies and headers. */
export type RecordedExchange = {
  /** Its ordinal among the exchanges of the log, starting at 1. */
  number: number
  id: string
  /** ISO 8601 with microseconds, as recorded. */
  startedAt: string
  /** The same in microseconds since 1970; 0 if it is not a valid time. */
  startedMicros: number
  /** When its last record was written, in microseconds from its start. */
  lastAt: number
  method: string
  url: string
  /** The request was a WebSocket message; such an exchange has no status. Absent over HTTP. */
  transport?: 'websocket'
  /** The id of the exchange whose upgrade opened that WebSocket, as recorded. */
  connection?: string
  /** It asked for no answer, but warmed up what the next request needs. */
  isPrewarm: boolean
  /** It is not a request: it stands for a WebSocket from its upgrade on. */
  isConnection: boolean
  /** How the WebSocket ended; absent while it is open. */
  webSocket?: WebSocketEnd
  run: string
  threadId?: string
  turnId?: string
  /**
   * What its thread is for, in the agent's words; absent if the agent did not say, or the thread is
   * the user's.
   */
  threadSource?: string
  /** What it asks for, in the agent's words, if it is not a step of a turn: `compaction:auto`. */
  requestKind?: string
  state: ExchangeState | 'in-flight'
  status?: number
  /** Milliseconds from its start to the first chunk. */
  firstChunkMs?: number
  /** Milliseconds from its start to its end. */
  durationMs?: number
  /** Bytes on the wire; absent if none are recorded and it has no end. */
  requestBytes?: number
  /** Bytes on the wire; while it is in flight, those received so far. */
  responseBytes?: number
  chunks: number
  /** Why a side could not be parsed, the first reason for each; absent if both could. */
  unparsed?: Unparsed[]
  error?: NonNullable<EndRecord['error']>
}

/** Which side of an exchange could not be parsed, and why. */
export type Unparsed = { side: 'request' | 'response'; reason: string }

/** Why an exchange failed; `side` if its connection broke. */
export type SessionExchangeError = ExchangeError &
  Partial<Pick<NonNullable<EndRecord['error']>, 'side'>>

/** An exchange with the facts of its `chat` span. */
export type SessionExchange = Omit<RecordedExchange, 'error'> & {
  model?: string
  usage?: Usage
  /** How it was answered; absent if unknown or still in flight. */
  outcome?: Outcome
  /** Why it failed; absent if it did not. */
  error?: SessionExchangeError
}
