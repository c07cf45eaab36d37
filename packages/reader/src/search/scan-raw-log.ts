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
  const parts = needleParts(pattern)
  const scan: Scan = { found, last, pattern, parts, isPartSeen: parts.length === 0 }
  for (const { file, byte, bytes } of logBlocks(folder, SESSION_FILES.raw)) {
    const next = find(bytes)
    let hit = next(0)
    for (let start = nextRecord(bytes, 0); start < bytes.length; ) {
      // Chunks up to here, of which only those matter in which the needle stands.
      for (; hit < start; hit = next(lineEnd(bytes, hit) + 1)) addAnswer(found, bytes, hit)
      const end = lineEnd(bytes, start)
      const isHit = hit < end
      addRecord(scan, { line: bytes.subarray(start, end), file, byte: byte + start, isHit })
      if (isHit) hit = next(end + 1)
      start = nextRecord(bytes, end)
    }
    for (; hit < bytes.length; hit = next(lineEnd(bytes, hit) + 1)) addAnswer(found, bytes, hit)
  }
  for (const exchange of last.values()) found.unrepeated.add(exchange)
  for (const exchange of found.index.exchanges) {
    if (exchange.state !== 'completed') found.unrepeated.add(exchange)
  }
  return found
}

/** What is kept from line to line. */
type Scan = {
  found: Candidates
  /** The last exchange of each thread. */
  last: Map<string, IndexedExchange>
  pattern: SearchPattern
  /** Parts of the needle, of which one stands in one piece wherever two seams cut it. */
  parts: Buffer[]
  /** One of them has stood in a request's own piece, so that it could be copied. */
  isPartSeen: boolean
}

const NEWLINE = 10
const LETTER_C = 'c'.charCodeAt(0)
/** Where in a line its kind begins: only that of a chunk begins with a `c`. */
const KIND_AT = '{"kind":"'.length
const ID_BYTES = 128
/** Where the next line begins that is no chunk, from the beginning or the end of a line on. */
function nextRecord(bytes: Buffer, from: number): number {
  let start = bytes[from] === NEWLINE ? from + 1 : from
  // Nearly all lines are chunks: this is the one thing that is done for each.
  while (start < bytes.length && bytes[start + KIND_AT] === LETTER_C) {
    start = lineEnd(bytes, start) + 1
  }
  return Math.min(start, bytes.length)
}

function lineEnd(bytes: Buffer, from: number): number {
  const newline = bytes.indexOf(NEWLINE, from)
  return newline < 0 ? bytes.length : newline
}

function addAnswer({ index, answers }: Candidates, bytes: Buffer, hit: number): void {
  const start = bytes.lastIndexOf(NEWLINE, hit) + 1
  const exchange = index.byId.get(chunkHeadOf(bytes.subarray(start))?.exchange ?? '')
  if (exchange !== undefined) answers.add(exchange)
}

const HEAD = /^\{"kind":"([a-z-]{1,20})","exchange":"([^"\\]{1,64})"/

type Line = { line: Buffer; file: string; byte: number; isHit: boolean }

function addRecord(scan: Scan, { line, file, byte, isHit }: Line): void {
  const { found, last, pattern } = scan
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
    scan.isPartSeen ||= scan.parts.some((part) => line.includes(part))
    if (isHit) found.requests.add(exchange)
    else if (scan.isPartSeen && seamsCouldMatch(line, pattern)) found.seams.add(exchange)
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

/** A seam is where a copied piece meets another one: two of them cut a needle in three. */
const PARTS = 3
const LEAST_PART = 3

function needleParts({ needle = '', isCaseSensitive }: SearchPattern): Buffer[] {
  const length = Math.floor(needle.length / PARTS)
  if (!isCaseSensitive || length < LEAST_PART) return []
  return Array.from({ length: PARTS }, (_, index) =>
    Buffer.from(needle.slice(index * length, (index + 1) * length)),
  )
}
