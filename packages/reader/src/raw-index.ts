import type { ExchangeRecord, ExchangeState, RawRecord, RequestBodyRecord } from '@tacho/format'
import { threadKindOf, type Unparsed } from '@tacho/model'
import { LOOK_UP_WORK, Work } from './limits.js'
import { exchangeIdOf } from './raw-record-of.js'
import { purposeOf, SWITCHING_PROTOCOLS } from './read-exchanges.js'
import type { Place } from './read-log.js'
import { noteUnparsed } from './unparsed.js'

/** Where an exchange is in the raw log. */
export type IndexedExchange = {
  /** Its ordinal among the exchanges of the log, starting at 1. */
  number: number
  id: string
  /** Where its `exchange` record begins. */
  from: Place
  requestBody?: BodyPlace
  /** It is known to have had no request body. */
  sentNothing: boolean
  /** The request was a WebSocket message. */
  isWebSocket: boolean
  /** The exchange whose upgrade opened that WebSocket, as recorded. */
  connection?: string
  isPrewarm: boolean
  /** The agent's own ids; absent if the request does not contain them. */
  threadId?: string
  turnId?: string
  /** It is for something other than the user's conversation: a title, a sub-agent, a compaction. */
  isAside: boolean
  /** It asks for a title of the session. */
  isTitle?: boolean
  /** It is not a request: it stands for a WebSocket from its upgrade on. */
  isConnection: boolean
  /** Why a side could not be parsed; absent if both could. */
  unparsed?: Unparsed[]
  /** How it ended; absent while it is in flight. */
  state?: ExchangeState
  /** The offset after its `end` record, in the file in which it begins. */
  to?: number
  /** The offset after its last chunk so far, if chunks were skipped without decoding. */
  chunksTo?: number
}

type BodyPlace = Place & { length: number }

/**
 * The exchanges of a raw log, in order, and the last one with each id, including those of which
 * only a request body is left.
 */
export type RawIndex = { exchanges: IndexedExchange[]; byId: Map<string, IndexedExchange> }

/** Adds the place of a raw log's record; records must come in order. */
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
    // Its start is lost, but other bodies may copy from this one.
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
    // Sealed files are closed: only a file that was moved could end an exchange of another.
    if (file === exchange.from.file) exchange.to = byte + length + 1
  }
}

/** Adds an exchange; reading them all again has a common limit. */
export function addExchange(index: RawIndex, exchange: IndexedExchange): void {
  lookUps.set(exchange, workOf(index))
  index.exchanges.push(exchange)
  index.byId.set(exchange.id, exchange)
}

/**
 * Returns whether the limit for reading a raw log again is used up: other exchanges then yield
 * nothing.
 */
export function isReadEnough({ exchanges: [first] }: RawIndex): boolean {
  return first !== undefined && lookUpsOf(first).isSpent
}

// Separate from the index, because that is also kept in a file.
const works = new WeakMap<RawIndex, Work>()
const lookUps = new WeakMap<IndexedExchange, Work>()

function workOf(index: RawIndex): Work {
  const held = works.get(index) ?? new Work(LOOK_UP_WORK)
  works.set(index, held)
  return held
}

/** The cost of reading the log again, for all exchanges of one index. */
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
