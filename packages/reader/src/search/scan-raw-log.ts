import { SESSION_FILES } from '@tacho/format'
import { isObject, parsedJson } from '../json-value.js'
import { EXCHANGES, PASSED_LINE_WORK, Work } from '../limits.js'
import { logParts } from '../log-parts.js'
import { addExchange, type IndexedExchange, type RawIndex } from '../raw-index.js'
import { chunkHeadOf } from '../raw-log/chunk-head.js'
import { SWITCHING_PROTOCOLS } from '../read-exchanges.js'
import { type BlockScanner, hasNeedles } from './block-scan.js'
import { logBlocks } from './log-blocks.js'
import type { GramNotes } from './note-grams.js'
import type { SearchPattern } from './pattern.js'
import { hasCopy, type SeamTest, seamTest } from './seams.js'

/** Where a pattern may match in a raw log: only these exchanges must be examined. */
export type Candidates = {
  index: RawIndex
  /** Those whose head, request body or answer may match. */
  heads: Set<IndexedExchange>
  requests: Set<IndexedExchange>
  answers: Set<IndexedExchange>
  /** Requests that may match only at a seam between a piece of their own and a copied one. */
  seams: Set<IndexedExchange>
  /** Exchanges whose answer no later request in their thread repeats. */
  unrepeated: Set<IndexedExchange>
}

/** What to search for, and what to call if something was skipped because of a limit. */
export type RawSearch = { pattern: SearchPattern; scanner: BlockScanner; passed: () => void }

/**
 * Searches a raw log without decoding it. Nearly all of its lines are chunks, which are only
 * checked for the pattern's needles.
 *
 * @param notes receives all blocks, too.
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
  const files = logParts(folder, SESSION_FILES.raw)
  for (const block of logBlocks(folder, files, scanner.room, isPassed)) {
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
      // Of the chunks before it, only those with a needle matter.
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
  /** Whether the pattern, or what it requires, could be at a seam of a request. */
  couldMeet: SeamTest
  /** The pattern is the required text itself. */
  isLiteral: boolean
  /** Parts of the needle: wherever two seams cut it, one of these is in one piece. */
  parts: Buffer[]
  /** A request's own piece has contained one of them, so that it could be copied. */
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

// An expression can match more around the required text, which another request may contain.
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

/** A seam is where a copied piece meets another: two of them cut a needle in three. */
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
