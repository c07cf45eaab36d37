import {
  type Attributes,
  type Content,
  type EndRecord,
  type ExchangeRecord,
  encodeAttributes,
  type RawRecord,
} from '@tacho/format'
import { type ExchangeEnded, httpSpanOf } from '@tacho/model'
import { microsOfIso } from '../micros.js'
import { exchangeIdOf } from '../raw-record-of.js'
import { eventRecords, rawRecords } from '../sound-records.js'

/** What the records of an exchange say that the line of its `chat` span does not. */
export type ExchangeFacts = {
  run: string
  conversation: { threadId: string | undefined; turnId: string | undefined }
  /** Attributes of its `chat` span. */
  chat: Attributes
  /**
   * Its HTTP request; absent while it is in flight, over a WebSocket, and if undici reported it.
   */
  http?: NonNullable<ExchangeEnded['http']> & { endedAt: number }
}

type Open = {
  begin: ExchangeRecord
  startedAt: number
  status?: number
  firstChunkAt?: number | undefined
  facts: ExchangeFacts
}

/**
 * Reads the facts of all exchanges of a session. Memory use grows with the number of exchanges, not
 * with their bytes.
 */
export function readFacts(folder: string): Map<string, ExchangeFacts> {
  const providers = readProviders(folder)
  const all = new Map<string, ExchangeFacts>()
  const open = new Map<string, Open>()
  /** By run, the peer of the exchange that ended last. */
  const peers = new Map<string, EndRecord['peer']>()
  for (const { record } of rawRecords(folder, () => undefined)) {
    if (record.kind === 'gap' || record.kind === 'message') continue
    if (record.kind === 'exchange') {
      const one = opened(record, record.provider ?? providers.get(record.run))
      open.set(record.exchange, one)
      all.set(record.exchange, one.facts)
      continue
    }
    const id = exchangeIdOf(record)
    const one = open.get(id)
    if (one === undefined) continue
    if (record.kind !== 'end') {
      note(one, record)
      continue
    }
    const { run } = one.begin
    peers.set(run, record.peer ?? peers.get(run))
    close(one, record, peers.get(run))
    open.delete(id)
  }
  return all
}

function opened(begin: ExchangeRecord, provider: string | undefined): Open {
  const { threadId, turnId, transport, connection, prewarm } = begin
  const facts: ExchangeFacts = {
    run: begin.run,
    conversation: { threadId, turnId },
    chat: encodeAttributes('chat', {
      operation: 'chat',
      provider,
      exchange: begin.exchange,
      protocol: transport,
      connection,
      isPrewarm: prewarm || undefined,
    }),
  }
  return { begin, facts, startedAt: microsOfIso(begin.time) ?? 0 }
}

type Between = Exclude<RawRecord, { kind: 'exchange' | 'end' | 'gap' | 'message' }>

function note(one: Open, record: Between): void {
  const { chat } = one.facts
  switch (record.kind) {
    case 'request-body': {
      const { bytes: requestBytes, sha256: requestSha256 } = record
      Object.assign(chat, encodeAttributes('chat', { requestBytes, requestSha256 }))
      break
    }
    case 'response':
      one.status = record.status
      Object.assign(chat, encodeAttributes('chat', { status: record.status }))
      break
    case 'chunk':
      one.firstChunkAt ??= hasBytes(record.content) ? record.at : undefined
      break
    case 'unparsed':
      break
    default:
      record satisfies never
  }
}

function close(one: Open, end: EndRecord, peer: EndRecord['peer']): void {
  const { begin, startedAt, status, firstChunkAt, facts } = one
  const { state, responseBytes, responseSha256 } = end
  const timeToFirstChunk = firstChunkAt === undefined ? undefined : firstChunkAt / 1e6
  const ended = { timeToFirstChunk, state, responseBytes, responseSha256 }
  Object.assign(facts.chat, encodeAttributes('chat', ended))
  // If undici made the request, its instrumentation has reported it.
  if (begin.transport !== undefined || peer?.http2 === true) return
  const http = httpSpanOf(begin, startedAt, end, { status, peer })
  if (http !== undefined) facts.http = { ...http, endedAt: startedAt + end.at }
}

function hasBytes(content: Content): boolean {
  if (typeof content === 'string') return content !== ''
  return (
    content.length > 0 &&
    content.every((piece) => typeof piece === 'string' || !('omitted' in piece))
  )
}

/** Returns the model's provider in each run. */
function readProviders(folder: string): Map<string, string> {
  const providers = new Map<string, string>()
  const range = { containing: '"kind":"run-started"' }
  for (const { record } of eventRecords(folder, () => undefined, range)) {
    if (record.kind === 'run-started' && record.provider !== undefined)
      providers.set(record.run, record.provider)
  }
  return providers
}
