import { type ExchangeRecord, type GapRecord, lengthOf, type RawRecord } from '@tacho/format'
import { type RecordedExchange, requestPurposeOfHeaders } from '@tacho/model'
import { microsOfIso } from './micros.js'
import { noteUnparsed } from './unparsed.js'

/** Makes an exchange from its first record. */
export function begin(record: ExchangeRecord, number: number): RecordedExchange {
  const { threadId, turnId, transport, connection } = record
  return {
    number,
    id: record.exchange,
    startedAt: record.time,
    startedMicros: microsOfIso(record.time) ?? 0,
    lastAt: 0,
    method: record.method,
    url: record.url,
    ...(transport === 'websocket' && { transport }),
    ...(connection !== undefined && { connection }),
    isPrewarm: record.prewarm === true,
    isConnection: false,
    run: record.run,
    ...(threadId !== undefined && { threadId }),
    ...(turnId !== undefined && { turnId }),
    ...purposeOf(record),
    state: 'in-flight',
    chunks: 0,
  }
}

/** Returns what a request is for, in the agent's words. */
export function purposeOf(
  record: ExchangeRecord,
): Pick<RecordedExchange, 'threadSource' | 'requestKind'> {
  // Tacho 0.1.0 did not record it, but the agent's words are in the headers.
  const told = requestPurposeOfHeaders(record.headers)
  const { threadSource = told.threadSource, requestKind = told.requestKind } = record
  return {
    ...(typeof threadSource === 'string' && { threadSource }),
    ...(typeof requestKind === 'string' && { requestKind }),
  }
}

/** Adds a later record to it. */
export function goOn(
  exchange: RecordedExchange,
  record: Exclude<RawRecord, ExchangeRecord | GapRecord>,
): void {
  exchange.lastAt = Math.max(exchange.lastAt, record.at)
  switch (record.kind) {
    case 'request-body':
      exchange.requestBytes = record.wire?.bytes ?? record.bytes
      return
    case 'response':
      exchange.status = record.status
      exchange.responseBytes ??= 0
      exchange.isConnection = record.status === SWITCHING_PROTOCOLS
      return
    case 'chunk':
      exchange.firstChunkMs ??= record.at / 1000
      exchange.responseBytes = (exchange.responseBytes ?? 0) + lengthOf(record.content)
      if (!record.continued) exchange.chunks += 1
      return
    case 'end':
      exchange.state = record.state
      exchange.durationMs = record.at / 1000
      exchange.requestBytes = record.requestBytes
      exchange.responseBytes = record.responseBytes
      exchange.isConnection = record.webSocket !== undefined
      if (record.webSocket !== undefined) exchange.webSocket = record.webSocket
      if (record.error !== undefined) exchange.error = record.error
      return
    case 'unparsed':
      noteUnparsed(exchange, record)
      return
    case 'message':
      return
    default:
      record satisfies never
  }
}

/**
 * The status that accepts an upgrade: nothing else shows that an exchange is an open connection.
 */
export const SWITCHING_PROTOCOLS = 101
