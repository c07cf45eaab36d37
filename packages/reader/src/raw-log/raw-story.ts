import { type GapRecord, lengthOf, type RawRecord } from '@tacho/format'
import type { RecordedExchange } from '@tacho/model'
import type { ReportDamage } from '../damage.js'
import { EXCHANGES } from '../limits.js'
import { type IndexedExchange, indexRecord, type RawIndex } from '../raw-index.js'
import { RawOrder } from '../raw-order.js'
import { exchangeIdOf, rawRecordOf } from '../raw-record-of.js'
import { begin, goOn } from '../read-exchanges.js'
import type { LinePlace } from '../read-lines.js'
import { type ChunkTaker, type LogRange, type LogRecord, readPart } from '../read-log.js'
import { MORE_EXCHANGES, reportUnusable, type Sound } from '../sound-records.js'
import { bodyLineOf } from './body-line.js'
import { chunkLineOf } from './chunk-line.js'
import type { ChunkRow } from './chunk-rows.js'

/** What a raw log says without its bodies: its exchanges, their places, and what is missing. */
export type RawStory = {
  exchanges: RecordedExchange[]
  index: RawIndex
  gaps: GapRecord[]
}

/** Receives each record that fits those before it, and its place. */
export type OnRawRecord = (found: Sound<RawRecord>) => void

/** Builds a {@link RawStory} from a log's records, in order; it can extend an existing one. */
export class RawStoryReader {
  readonly story: RawStory
  readonly #folder: string
  readonly #report: ReportDamage
  readonly #order = new RawOrder()
  readonly #byId = new Map<string, RecordedExchange>()
  #isFull = false

  constructor(folder: string, report: ReportDamage, story: RawStory = emptyStory()) {
    this.#folder = folder
    this.#report = report
    this.story = story
    for (const exchange of story.exchanges) {
      this.#byId.set(exchange.id, exchange)
      this.#order.noteExchange(exchange.id, exchange.state !== 'in-flight')
    }
    if (story.gaps.length > 0) this.#order.noteGap()
  }

  /** Handles what most of a log is without decoding it: chunks and the bodies of requests. */
  get quick(): Pick<LogRange, 'quick' | 'chunks'> {
    const chunks: ChunkTaker = {
      upTo: () => Number.POSITIVE_INFINITY,
      take: (row, line, file) => this.takeChunks(row, line, file),
    }
    return {
      quick: (bytes, line, file) =>
        this.quickChunk(bytes, line, file, chunks) || this.quickBody(bytes, line, file),
      chunks,
    }
  }

  /** Handles the line of a chunk, if it may be taken; returns whether it did. */
  quickChunk(
    bytes: Buffer,
    line: LinePlace & { length: number },
    file: string,
    { upTo, take }: ChunkTaker,
  ): boolean {
    const chunk = chunkLineOf(bytes)
    if (chunk === undefined || upTo(chunk.exchange, line) <= line.byte) return false
    const { exchange, at } = chunk
    const row = { exchange, chunks: 1, firstAt: at, lastAt: at, bytes: line.length + 1 }
    take(row, line, file)
    return true
  }

  /**
   * Takes the record of a request's body likewise; says whether it is one that can be.
   *
   * @param longerThan takes only those of more bytes.
   */
  quickBody(
    bytes: Buffer,
    { line, byte, length }: LinePlace & { length: number },
    file: string,
    { onRecord, longerThan = -1 }: { onRecord?: OnRawRecord | undefined; longerThan?: number } = {},
  ): boolean {
    const value = bodyLineOf(bytes)
    if (value === undefined || !(Number(value.bytes) > longerThan)) return false
    this.take({ value, file, line, byte, length }, onRecord)
    return true
  }

  /** Takes a row of chunks that begins at a line. */
  takeChunks(
    { exchange: id, chunks, firstAt, lastAt, bytes }: ChunkRow,
    { line, byte }: LinePlace,
    file: string,
  ): void {
    const judged = this.#order.judgePart(id)
    if (judged.damage !== undefined)
      this.#report({ file, line, byte, lines: chunks, reason: judged.damage })
    const exchange = judged.isOrphan ? undefined : this.#byId.get(id)
    if (exchange === undefined) return
    exchange.lastAt = Math.max(exchange.lastAt, lastAt)
    exchange.firstChunkMs ??= firstAt / 1000
    exchange.chunks += chunks
    const indexed = this.story.index.byId.get(id)
    if (indexed?.from.file === file) indexed.chunksTo = byte + bytes
  }

  /** Whether the limit of exchanges is reached, so that nothing that follows is worth reading. */
  get isFull(): boolean {
    return this.#isFull
  }

  /** Handles an object of the log. */
  take(found: LogRecord, onRecord?: OnRawRecord): void {
    const record = rawRecordOf(found.value)
    if (typeof record === 'string') {
      reportUnusable(record, found, this.#report)
      return
    }
    const { file, line, byte, length } = found
    if (record.kind === 'exchange' && this.story.exchanges.length >= EXCHANGES) {
      this.#report({ file, line, byte, lines: 0, reason: MORE_EXCHANGES })
      this.#isFull = true
      return
    }
    const { isOrphan, damage } = this.#order.judge(record)
    if (damage !== undefined) this.#report({ file, line, byte, lines: 1, reason: damage })
    if (!isOrphan) onRecord?.({ record, file, line, byte, length })
    indexRecord(this.story.index, record, found)
    if (record.kind === 'gap') this.story.gaps.push(record)
    else this.#tell(record, isOrphan)
  }

  /** Counts the bytes of those answers without an end, which would state them. */
  countOpen(): void {
    const open = this.story.exchanges.filter(({ state }) => state === 'in-flight')
    for (const [file, exchanges] of byFile(open, this.story.index)) this.#count(file, exchanges)
  }

  #tell(record: Exclude<RawRecord, GapRecord>, isOrphan: boolean): void {
    if (record.kind === 'exchange') {
      const exchange = begin(record, this.story.exchanges.length + 1)
      this.story.exchanges.push(exchange)
      this.#byId.set(exchange.id, exchange)
    } else if (!isOrphan) {
      const exchange = this.#byId.get(exchangeIdOf(record))
      if (exchange !== undefined) goOn(exchange, record)
    }
  }

  #count(file: string, exchanges: Map<string, IndexedExchange>): void {
    const [first] = exchanges.values()
    if (first === undefined) return
    let to = 0
    for (const { chunksTo = 0 } of exchanges.values()) to = Math.max(to, chunksTo)
    const lengths = new Map<string, number>()
    const containing = '"kind":"chunk"'
    const from = [...exchanges.values()].reduce((one, other) =>
      one.from.byte <= other.from.byte ? one : other,
    ).from
    for (const { value } of readPart(this.#folder, file, () => {}, { from, to, containing })) {
      const record = rawRecordOf(value)
      if (typeof record === 'string' || record.kind !== 'chunk') continue
      if (!exchanges.has(record.exchange)) continue
      const length = lengthOf(record.content)
      lengths.set(record.exchange, (lengths.get(record.exchange) ?? 0) + length)
    }
    for (const [id, length] of lengths) {
      const exchange = this.#byId.get(id)
      if (exchange !== undefined) exchange.responseBytes = length
    }
  }
}

export function emptyStory(): RawStory {
  return { exchanges: [], index: { exchanges: [], byId: new Map() }, gaps: [] }
}

function byFile(
  open: readonly RecordedExchange[],
  { byId }: RawIndex,
): Map<string, Map<string, IndexedExchange>> {
  const files = new Map<string, Map<string, IndexedExchange>>()
  for (const { id } of open) {
    const indexed = byId.get(id)
    if (indexed?.chunksTo === undefined) continue
    const { file } = indexed.from
    files.set(file, (files.get(file) ?? new Map()).set(id, indexed))
  }
  return files
}
