import { SESSION_FILES } from '@tacho/format'
import { isObject, parsedJson } from '../json-value.js'
import { EXCHANGES, PASSED_LINE_WORK, Work } from '../limits.js'
import { addExchange, type IndexedExchange, type RawIndex } from '../raw-index.js'
import { chunkHeadOf } from '../raw-log/chunk-head.js'
import { SWITCHING_PROTOCOLS } from '../read-exchanges.js'
import { type BlockScanner, hasNeedles } from './block-scan.js'
import { logBlocks } from './log-blocks.js'
import type { GramNotes } from './note-grams.js'
import type { SearchPattern } from './pattern.js'
import { hasCopy, type SeamTest, seamTest } from './seams.js'

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

/** What is looked for; and who is told where a limit had something passed over. */
export type RawSearch = { pattern: SearchPattern; scanner: BlockScanner; passed: () => void }

/**
 * Looks through a raw log without decoding it. Nearly all of its lines are chunks, of which nothing is
 * looked at but whether the pattern's needle stands in them.
 *
 * @param notes is given all blocks, too.
 */
export function scanRawLog(
  folder: string,
  { pattern, scanner, passed: isPassed }: RawSearch,
  notes?: GramNotes,
): Candidates {
  const found: Candidates = {
    index: { exchanges: [], byId: new Map() },
    heads: new Set(),
    requests: new Set(),
    answers: new Set(),
    seams: new Set(),
    unrepeated: new Set(),
  }
  const last = new Map<string, IndexedExchange>()
  const parts = needleParts(pattern)
  const scan: Scan = {
    ...{ found, last, parts, isPartSeen: parts.length === 0 },
    couldMeet: seamTest(pattern),
    isLiteral: pattern.literal !== undefined,
  }
  const isEverywhere = !hasNeedles(pattern)
  const work = new Work()
  for (const block of logBlocks(folder, SESSION_FILES.raw, scanner.room, isPassed)) {
    const { file, byte, bytes } = block
    notes?.add(block)
    const { records, hits } = scanner.scan(bytes)
    let next = 0
    const addAnswers = (to: number): void => {
      for (let hit = hits[next]; hit !== undefined && hit < to; hit = hits[next]) {
        addAnswer(found, bytes, hit)
        next = passed(hits, next, lineEnd(bytes, hit))
      }
    }
    if (
      !work.spend(records.length * PASSED_LINE_WORK) ||
      found.index.exchanges.length > EXCHANGES
    ) {
      isPassed()
      break
    }
    for (const start of records) {
      // Of the chunks before it, only those matter in which a needle stands.
      addAnswers(start)
      const end = lineEnd(bytes, start)
      const isHit = isEverywhere || (hits[next] ?? end) < end
      addRecord(scan, { line: bytes.subarray(start, end), file, byte: byte + start, isHit })
      next = passed(hits, next, end)
    }
    addAnswers(bytes.length)
  }
  if (isEverywhere) found.answers = new Set(found.index.exchanges)
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
  /** Whether the pattern, or what it needs, could stand where pieces of a request meet. */
  couldMeet: SeamTest
  /** What it needs is all of it. */
  isLiteral: boolean
  /** Parts of the needle, of which one stands in one piece wherever two seams cut it. */
  parts: Buffer[]
  /** One of them has stood in a request's own piece, so that it could be copied. */
  isPartSeen: boolean
}

const NEWLINE = 10
const ID_BYTES = 128

function passed(hits: readonly number[], from: number, end: number): number {
  let next = from
  while ((hits[next] ?? end) < end) next += 1
  return next
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
  const { found, last } = scan
  const [, kind, id = ''] = HEAD.exec(line.toString('latin1', 0, ID_BYTES)) ?? []
  const { index } = found
  if (kind === 'exchange') {
    const exchange = beginning(index, line, { file, byte, line: 1 })
    if (exchange === undefined) return
    last.set(exchange.threadId ?? '', exchange)
    if (isHit) found.heads.add(exchange)
    return
  }
  const exchange = index.byId.get(id)
  if (exchange === undefined) return
  if (kind === 'request-body') {
    exchange.requestBody = { file, byte, line: 1, length: line.length }
    scan.isPartSeen ||= scan.parts.some((part) => line.includes(part))
    if (isHit) found.requests.add(exchange)
    else if (scan.isPartSeen && isSeam(scan, line)) found.seams.add(exchange)
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

// Around what an expression needs, more can match than was there before: in another request, too.
function isSeam({ found, couldMeet, isLiteral }: Scan, line: Buffer): boolean {
  return isLiteral || found.requests.size === 0 ? couldMeet(line) : hasCopy(line)
}

const STATUS = /"status":(\d{3})/
const STATE = /"state":"([a-z-]{1,20})"/

function beginning(
  index: RawIndex,
  line: Buffer,
  from: IndexedExchange['from'],
): IndexedExchange | undefined {
  const value = parsedJson(line.toString())
  if (!isObject(value) || typeof value.exchange !== 'string') return undefined
  const indexed: IndexedExchange = {
    number: index.exchanges.length + 1,
    id: value.exchange,
    from,
    sentNothing: false,
    isWebSocket: value.transport === 'websocket',
    ...(typeof value.connection === 'string' && { connection: value.connection }),
    ...(typeof value.threadId === 'string' && { threadId: value.threadId }),
    isPrewarm: value.prewarm === true,
    isAside: false,
    isConnection: false,
  }
  addExchange(index, indexed)
  return indexed
}

/** A seam is where a copied piece meets another one: two of them cut a needle in three. */
const PARTS = 3
const LEAST_PART = 3

function needleParts({ needles, isCaseSensitive }: SearchPattern): Buffer[] {
  const [needle = '', ...others] = needles
  const length = Math.floor(needle.length / PARTS)
  if (!isCaseSensitive || others.length > 0 || length < LEAST_PART) return []
  return Array.from({ length: PARTS }, (_, index) =>
    Buffer.from(needle.slice(index * length, (index + 1) * length)),
  )
}
