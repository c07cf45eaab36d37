import { SESSION_FILES } from '@tacho/format'
import { isObject, parsedJson } from '../json-value.js'
import type { IndexedExchange, RawIndex } from '../raw-index.js'
import { chunkHeadOf } from '../raw-log/chunk-head.js'
import { SWITCHING_PROTOCOLS } from '../read-exchanges.js'
import { logBlocks } from './log-blocks.js'
import { needleFinder } from './needle-finder.js'
import type { SearchPattern } from './pattern.js'
import { seamsCouldMatch } from './seams.js'

/** Where in a raw log a pattern may match: those exchanges are to be looked at, and no others. */
export type Candidates = {
  index: RawIndex
  /** Of these the head, the request's body, or the answer may match. */
  heads: Set<IndexedExchange>
  requests: Set<IndexedExchange>
  answers: Set<IndexedExchange>
  /** Requests that may match only where a piece of their own meets one that is copied. */
  seams: Set<IndexedExchange>
  /** Exchanges whose answer no later request of their thread repeats. */
  unrepeated: Set<IndexedExchange>
}

/**
 * Looks through a raw log without decoding it. Nearly all of its lines are chunks, of which nothing is
 * looked at but whether the pattern's needle stands in them.
 */
export function scanRawLog(folder: string, pattern: SearchPattern): Candidates {
  const found: Candidates = {
    index: { exchanges: [], byId: new Map() },
    heads: new Set(),
    requests: new Set(),
    answers: new Set(),
    seams: new Set(),
    unrepeated: new Set(),
  }
  const last = new Map<string, IndexedExchange>()
  const find = needleFinder(pattern)
  for (const { file, byte, bytes } of logBlocks(folder, SESSION_FILES.raw)) {
    const next = find(bytes)
    let hit = next(0)
    for (let start = 0; start < bytes.length; ) {
      const newline = bytes.indexOf(NEWLINE, start)
      const end = newline < 0 ? bytes.length : newline
      if (hit < start) hit = next(start)
      const isHit = hit < end
      if (bytes[start + KIND_AT] === LETTER_C) {
        if (isHit) addAnswer(found, bytes, start)
      } else {
        const line = bytes.subarray(start, end)
        addRecord(found, last, { line, file, byte: byte + start, isHit }, pattern)
      }
      start = end + 1
    }
  }
  for (const exchange of last.values()) found.unrepeated.add(exchange)
  for (const exchange of found.index.exchanges) {
    if (exchange.state !== 'completed') found.unrepeated.add(exchange)
  }
  return found
}

const NEWLINE = 10
const LETTER_C = 'c'.charCodeAt(0)
/** Where in a line its kind begins: only that of a chunk begins with a `c`. */
const KIND_AT = '{"kind":"'.length
const ID_BYTES = 128

function addAnswer({ index, answers }: Candidates, bytes: Buffer, start: number): void {
  const exchange = index.byId.get(chunkHeadOf(bytes.subarray(start))?.exchange ?? '')
  if (exchange !== undefined) answers.add(exchange)
}

const HEAD = /^\{"kind":"([a-z-]{1,20})","exchange":"([^"\\]{1,64})"/

type Line = { line: Buffer; file: string; byte: number; isHit: boolean }

function addRecord(
  found: Candidates,
  last: Map<string, IndexedExchange>,
  { line, file, byte, isHit }: Line,
  pattern: SearchPattern,
): void {
  const [, kind, id = ''] = HEAD.exec(line.toString('latin1', 0, ID_BYTES)) ?? []
  const { index } = found
  if (kind === 'exchange') {
    const exchange = beginning(index, line, { file, byte, line: 1 })
    if (exchange === undefined) return
    last.set(exchange.thread, exchange.indexed)
    if (isHit) found.heads.add(exchange.indexed)
    return
  }
  const exchange = index.byId.get(id)
  if (exchange === undefined) return
  if (kind === 'request-body') {
    exchange.requestBody = { file, byte, line: 1, length: line.length }
    if (isHit) found.requests.add(exchange)
    else if (seamsCouldMatch(line, pattern)) found.seams.add(exchange)
  } else if (kind === 'response') {
    if (isHit) found.heads.add(exchange)
    const status = Number(STATUS.exec(line.toString('latin1', 0, 2 * ID_BYTES))?.[1])
    exchange.isConnection = status === SWITCHING_PROTOCOLS
  } else if (kind === 'end') {
    const state = STATE.exec(line.toString('latin1', 0, 2 * ID_BYTES))?.[1]
    if (state === 'completed' || state === 'cancelled' || state === 'failed') exchange.state = state
    exchange.isConnection ||= line.includes('"webSocket":{')
    exchange.sentNothing = line.includes('"requestBytes":0,')
    if (file === exchange.from.file) exchange.to = byte + line.length + 1
  }
}

const STATUS = /"status":(\d{3})/
const STATE = /"state":"([a-z-]{1,20})"/

function beginning(
  { exchanges, byId }: RawIndex,
  line: Buffer,
  from: IndexedExchange['from'],
): { indexed: IndexedExchange; thread: string } | undefined {
  const value = parsedJson(line.toString())
  if (!isObject(value) || typeof value.exchange !== 'string') return undefined
  const indexed: IndexedExchange = {
    number: exchanges.length + 1,
    id: value.exchange,
    from,
    sentNothing: false,
    isWebSocket: value.transport === 'websocket',
    ...(typeof value.connection === 'string' && { connection: value.connection }),
    isPrewarm: value.prewarm === true,
    isAside: false,
    isConnection: false,
  }
  exchanges.push(indexed)
  byId.set(indexed.id, indexed)
  return { indexed, thread: typeof value.threadId === 'string' ? value.threadId : '' }
}
