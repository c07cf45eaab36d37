import { type ExchangeState, type RequestBodyRecord, SESSION_FILES } from '@tacho/format'
import type { ReportDamage } from './damage.js'
import { exchangeIdOf, rawRecordOf } from './raw-record-of.js'
import { type LogRange, type Place, readLog } from './read-log.js'

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
  /** How it ended; not there while it is in flight. */
  state?: ExchangeState
  /** The byte behind its `end` record, in the file of its beginning. */
  to?: number
}

type BodyPlace = Place & { length: number }

/**
 * The exchanges of a raw log, in their order, and the last one of each id; among the latter those, too,
 * of which no more than a request body is there.
 */
export type RawIndex = { exchanges: IndexedExchange[]; byId: Map<string, IndexedExchange> }

/**
 * Where the exchanges of a session stand in its raw log. The chunks, nearly all of the file, are
 * passed over without being decoded.
 */
export function indexRawLog(folder: string, report: ReportDamage): RawIndex {
  const index: RawIndex = { exchanges: [], byId: new Map() }
  const wanted: LogRange['wanted'] = (line) => !isChunk(line)
  for (const { value, ...place } of readLog(folder, SESSION_FILES.raw, report, { wanted })) {
    const record = rawRecordOf(value)
    if (typeof record === 'string' || record.kind === 'gap') continue
    const { file, byte, line, length } = place
    if (record.kind === 'exchange') {
      const number = index.exchanges.length + 1
      const sentNothing = BODILESS.has(record.method)
      const exchange = { number, id: record.exchange, from: { file, byte, line }, sentNothing }
      index.exchanges.push(exchange)
      index.byId.set(exchange.id, exchange)
      continue
    }
    const exchange = index.byId.get(exchangeIdOf(record))
    if (exchange === undefined) {
      // Its beginning is lost, but other bodies may be copied from this one.
      if (record.kind === 'request-body')
        index.byId.set(record.exchange, beginningLost(record, place))
      continue
    }
    if (record.kind === 'request-body') exchange.requestBody = place
    if (record.kind === 'end') {
      exchange.state = record.state
      exchange.sentNothing = record.requestBytes === 0
      // What is sealed is closed: only a file that was moved could end an exchange of another one.
      if (file === exchange.from.file) exchange.to = byte + length + 1
    }
  }
  return index
}

function beginningLost({ exchange }: RequestBodyRecord, place: BodyPlace): IndexedExchange {
  return { number: 0, id: exchange, from: place, requestBody: place, sentNothing: false }
}

const BODILESS = new Set(['GET', 'HEAD'])
const CHUNK = Buffer.from('{"kind":"chunk"')

function isChunk(line: Buffer): boolean {
  return line.length >= CHUNK.length && line.compare(CHUNK, 0, CHUNK.length, 0, CHUNK.length) === 0
}
