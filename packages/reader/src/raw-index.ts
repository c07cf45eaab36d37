import type { ExchangeRecord, ExchangeState, RawRecord, RequestBodyRecord } from '@tacho/format'
import { threadKindOf, type Unparsed } from '@tacho/model'
import { LOOK_UP_WORK, Work } from './limits.js'
import { exchangeIdOf } from './raw-record-of.js'
import { purposeOf, SWITCHING_PROTOCOLS } from './read-exchanges.js'
import type { Place } from './read-log.js'
import { noteUnparsed } from './unparsed.js'

/** Where an exchange stands in the raw log. */
export type IndexedExchange = {
  /** Its ordinal among the exchanges of the log, from 1. */
  number: number
  id: string
  /** Where its `exchange` record begins. */
  from: Place
  requestBody?: BodyPlace
  /** It has no request body, and is known to have had none. */
  sentNothing: boolean
  /** A message of a WebSocket asked for it. */
  isWebSocket: boolean
  /** The exchange of the upgrade that began that WebSocket, as it was recorded. */
  connection?: string
  isPrewarm: boolean
  /** The agent's own; absent where the request does not name them. */
  threadId?: string
  turnId?: string
  /** It is for something else than the user's own conversation: a title, a sub-agent, a compaction. */
  isAside: boolean
  /** It asks for a title of the session. */
  isTitle?: boolean
  /** It is no request, but stands for a WebSocket from its upgrade on. */
  isConnection: boolean
  /** Why a side of it could not be followed; absent where both could. */
  unparsed?: Unparsed[]
  /** How it ended; absent while it is in flight. */
  state?: ExchangeState
  /** The byte behind its `end` record, in the file of its beginning. */
  to?: number
  /** The byte behind its last chunk so far, where chunks were passed over without being decoded. */
  chunksTo?: number
}

type BodyPlace = Place & { length: number }

/**
 * The exchanges of a raw log, in their order, and the last one of each id; among the latter those, too,
 * of which no more than a request body is there.
 */
export type RawIndex = { exchanges: IndexedExchange[]; byId: Map<string, IndexedExchange> }

/** Takes note of where a record of a raw log stands; the records come in their order. */
export function indexRecord(index: RawIndex, record: RawRecord, found: BodyPlace): void {
  if (record.kind === 'gap') return
  const { file, byte, line, length } = found
  const place = { file, byte, line, length }
  if (record.kind === 'exchange') {
    const number = index.exchanges.length + 1
    const sentNothing = record.transport === undefined && BODILESS.has(record.method)
    const exchange: IndexedExchange = {
      number,
      id: record.exchange,
      from: { file, byte, line },
      sentNothing,
      isWebSocket: record.transport === 'websocket',
      ...(record.connection !== undefined && { connection: record.connection }),
      isPrewarm: record.prewarm === true,
      ...(record.threadId !== undefined && { threadId: record.threadId }),
      ...(record.turnId !== undefined && { turnId: record.turnId }),
      isAside: isAside(record),
      ...(isTitle(record) && { isTitle: true }),
      isConnection: false,
    }
    addExchange(index, exchange)
    return
  }
  const exchange = index.byId.get(exchangeIdOf(record))
  if (exchange === undefined) {
    // Its beginning is lost, but other bodies may be copied from this one.
    if (record.kind === 'request-body')
      index.byId.set(record.exchange, beginningLost(record, place))
    return
  }
  if (record.kind === 'request-body') exchange.requestBody = place
  if (record.kind === 'chunk' && file === exchange.from.file) exchange.chunksTo = byte + length + 1
  if (record.kind === 'unparsed') noteUnparsed(exchange, record)
  if (record.kind === 'response') exchange.isConnection = record.status === SWITCHING_PROTOCOLS
  if (record.kind === 'end') {
    exchange.isConnection = record.webSocket !== undefined
    exchange.state = record.state
    exchange.sentNothing = record.requestBytes === 0
    // What is sealed is closed: only a file that was moved could end an exchange of another one.
    if (file === exchange.from.file) exchange.to = byte + length + 1
  }
}

/** Adds an exchange: what is read of all of them again is limited together. */
export function addExchange(index: RawIndex, exchange: IndexedExchange): void {
  lookUps.set(exchange, workOf(index))
  index.exchanges.push(exchange)
  index.byId.set(exchange.id, exchange)
}

/** Whether as much of a raw log was read again as may be: of the other exchanges nothing is given. */
export function isReadEnough({ exchanges: [first] }: RawIndex): boolean {
  return first !== undefined && lookUpsOf(first).isSpent
}

// Beside the index, because that is kept in a file, too.
const works = new WeakMap<RawIndex, Work>()
const lookUps = new WeakMap<IndexedExchange, Work>()

function workOf(index: RawIndex): Work {
  const held = works.get(index) ?? new Work(LOOK_UP_WORK)
  works.set(index, held)
  return held
}

/** What looking at the log again may cost, for all exchanges of one index together. */
export function lookUpsOf(exchange: IndexedExchange): Work {
  const held = lookUps.get(exchange) ?? new Work(LOOK_UP_WORK)
  lookUps.set(exchange, held)
  return held
}

function isAside(record: ExchangeRecord): boolean {
  const { threadSource, requestKind } = purposeOf(record)
  return threadSource !== undefined || requestKind !== undefined
}

function isTitle(record: ExchangeRecord): boolean {
  const { threadSource } = purposeOf(record)
  return threadSource !== undefined && threadKindOf(threadSource) === 'title'
}

function beginningLost({ exchange }: RequestBodyRecord, place: BodyPlace): IndexedExchange {
  return {
    number: 0,
    id: exchange,
    from: place,
    requestBody: place,
    sentNothing: false,
    isWebSocket: false,
    isPrewarm: false,
    isAside: false,
    isConnection: false,
  }
}

const BODILESS = new Set(['GET', 'HEAD'])
