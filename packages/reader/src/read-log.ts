import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { decodeLine } from '@tacho/format'
import { type Damage, LAST_LINE_CUT, type ReportDamage } from './damage.js'
import {
  DAMAGED_LINE_WORK,
  LINE_VALUES,
  LINE_WORK,
  OPEN_WORK,
  PASSED_LINE_WORK,
  PLAIN_LINE_BYTES,
  Work,
} from './limits.js'
import { logParts } from './log-parts.js'
import { openRegular, type RegularFile } from './open-regular.js'
import {
  borrowChunkRows,
  type ChunkRow,
  type ChunkRows,
  giveBackChunkRows,
} from './raw-log/chunk-rows.js'
import { type FileLine, type LinePlace, type PassedLines, readLines } from './read-lines.js'
import { hasChecksum, isProved, type Rescued, rescueLine } from './rescue-line.js'
import { codecOf } from './sealed/codec.js'
import { NOT_READ_ON, readSealedLines } from './sealed/sealed-lines.js'

/** Where a line of a log begins. */
export type Place = LinePlace & {
  /** The file's name in the session folder: a log has several files once it has been sealed. */
  file: string
}

/** An object of a log and the place of its line. */
export type LogRecord = Place & { value: Record<string, unknown>; length: number }

export type LogRange = {
  from?: Place
  /** The offset in that file at which to stop; without it, the log is read to its end. */
  to?: number
  /** The names in the folder, if they are known. */
  names?: readonly string[]
  /**
   * Only lines with this text are wanted. Where few have it, that is much faster than `wanted`: the
   * others are not looked at one by one. Not together with what needs all lines: `wanted`, `quick`,
   * `isProving` and `onEnd`.
   */
  containing?: string
  /** Decides from a line's bytes whether to decode it; other lines are skipped. */
  wanted?: (line: Buffer) => boolean
  /** Verifies the checksums of skipped lines, too, and reports those that do not match. */
  isProving?: boolean
  /** Does not report lines without a checksum: the caller judges them. */
  takesUnproved?: boolean
  /**
   * Receives each line before it is decoded, and returns whether it has handled it: then it is
   * neither decoded nor yielded. The bytes are valid until the next line.
   */
  quick?: (bytes: Buffer, line: LinePlace & { length: number }, file: string) => boolean
  /** Receives rows of chunks, where a plain file has them, in place of their lines. */
  chunks?: ChunkTaker
  /** Receives, at the end of each file, where its next line would begin. */
  onEnd?: (place: LinePlace) => void
  /** The cost limit; by default one of its own. Reading ends there, and that is reported. */
  work?: Work
  /** Receives each good line as is. The bytes are valid until the next line. */
  onLine?: (bytes: Buffer) => void
}

/** Takes rows of chunks. */
export type ChunkTaker = {
  /**
   * Returns the offset in the file up to which chunks of this exchange may be taken from a line on:
   * that of the line for none.
   */
  upTo: (exchange: string, line: LinePlace) => number
  /** @param line of its first chunk. */
  take: (row: ChunkRow, line: LinePlace, file: string) => void
}

/**
 * Reads the records of a session's log, in order, on demand, sealed parts first. Continues after
 * anything damaged and reports it; a log that does not exist has no records.
 */
export function* readLog(
  folder: string,
  log: string,
  report: ReportDamage,
  range: LogRange = {},
): Generator<LogRecord> {
  const { from, work = new Work() } = range
  if (from === undefined) {
    for (const file of logParts(folder, log, range.names))
      yield* readPart(folder, file, report, range, work)
    return
  }
  if (!work.spend(OPEN_WORK)) {
    report({ file: from.file, line: from.line, byte: from.byte, lines: 0, reason: NOT_READ_ON })
    return
  }
  yield* readPart(folder, from.file, report, range, work)
  if (range.to !== undefined) return
  const { from: _, ...rest } = range
  const parts = logParts(folder, log, range.names)
  for (const file of parts.slice(parts.indexOf(from.file) + 1)) {
    yield* readPart(folder, file, report, rest, work)
  }
}

/** Reads the records of one file of a log; `range.from` is a place in that file. */
export function* readPart(
  folder: string,
  file: string,
  report: ReportDamage,
  range: LogRange,
  work: Work = new Work(),
): Generator<LogRecord> {
  const opened = openRegular(join(folder, file))
  if ('refused' in opened) {
    if (opened.refused !== 'missing') report({ file, lines: 0, reason: opened.reason })
    return
  }
  const reportHere = (damage: Omit<Damage, 'file'>): void => report({ file, ...damage })
  const { containing, wanted = whatContains(containing), quick, chunks } = range
  let next: LinePlace = range.from ?? { byte: 0, line: 1 }
  const isLong = opened.size - next.byte >= LONG_LOG_BYTES
  const rows = chunks !== undefined && isLong ? borrowChunkRows() : undefined
  const passed = chunks &&
    rows && {
      block: rows.block,
      pass(from: number, to: number, line: LinePlace) {
        const passing = passChunks(rows, chunks, { from, to, line, file }, work)
        next = { byte: line.byte + passing.bytes, line: line.line + passing.lines }
        return passing
      },
    }
  try {
    for (const line of linesOf(file, opened, range, reportHere, passed)) {
      const skipped = line.byte - next.byte
      next = { byte: line.byte + line.length + 1, line: line.line + 1 }
      if (!work.spend(skipped + line.length + PASSED_LINE_WORK)) {
        reportHere({ line: line.line, byte: line.byte, lines: 0, reason: NOT_READ_ON })
        return
      }
      if (line.length === 0) continue
      if (quick !== undefined && line.bytes !== undefined && !line.isTorn) {
        if (quick(line.bytes, line, file)) continue
      }
      const isWanted = line.bytes === undefined || wanted(line.bytes)
      if (isWanted) work.spend(LINE_WORK)
      if (
        !isWanted &&
        !(range.isProving && !(line.bytes !== undefined && !line.isTorn && isProved(line.bytes)))
      )
        continue
      const records = decode(line, range, (reason) => {
        // If the first byte already shows the damage, it took no time.
        work.spend(line.bytes?.[0] === BRACE ? DAMAGED_LINE_WORK : LINE_WORK)
        reportHere({ line: line.line, byte: line.byte, lines: 1, reason })
      })
      if (!isWanted) continue
      // Member by member: copying the rest takes as long as parsing a short line.
      for (const { bytes, value, byte, line: number, length } of records) {
        range.onLine?.(bytes)
        yield { file, line: number, byte, length, value }
      }
    }
    range.onEnd?.(next)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    if (code === undefined) throw cause
    reportHere({ lines: 0, reason: `cannot be read further (${code})` })
  } finally {
    if (rows !== undefined) giveBackChunkRows(rows)
    opened[Symbol.dispose]()
  }
}

/** In a shorter one, rows are too few to be worth a program of their own. */
const LONG_LOG_BYTES = 1024 * 1024

/** Passes the rows of chunks that begin at a line, which costs what it costs line by line. */
function passChunks(
  rows: ChunkRows,
  { upTo, take }: ChunkTaker,
  { from, to, line, file }: { from: number; to: number; line: LinePlace; file: string },
  work: Work,
): { lines: number; bytes: number } {
  let lines = 0
  let bytes = 0
  while (!work.isSpent) {
    const exchange = rows.exchangeAt(from + bytes)
    if (exchange === undefined) break
    const at = { byte: line.byte + bytes, line: line.line + lines }
    const last = Math.min(to, from + upTo(exchange, at) - line.byte)
    const row = last > from + bytes ? rows.take(from + bytes, last) : undefined
    if (row === undefined) break
    take(row, at, file)
    work.spend(row.bytes + row.chunks * PASSED_LINE_WORK)
    lines += row.chunks
    bytes += row.bytes
  }
  return { lines, bytes }
}

function linesOf(
  file: string,
  opened: RegularFile,
  { from = { byte: 0, line: 1, file }, to = Number.POSITIVE_INFINITY, containing }: LogRange,
  report: (damage: Omit<Damage, 'file'>) => void,
  passed: PassedLines | undefined,
): Generator<FileLine> {
  const codec = codecOf(file)
  if (codec !== undefined) return readSealedLines(codec, opened, from, to, report)
  const known = {
    size: opened.size,
    ...(containing !== undefined && { containing }),
    ...(passed !== undefined && { passed }),
  }
  return readLines(opened.descriptor, from, to, known)
}

function whatContains(text: string | undefined): (line: Buffer) => boolean {
  return text === undefined ? () => true : (line) => line.includes(text)
}

function decode(
  line: FileLine,
  { takesUnproved = false }: LogRange,
  damaged: (reason: string) => void,
): Decoded[] {
  const { bytes, byte, line: number, length } = line
  if (bytes === undefined) {
    damaged(`a line of ${length} bytes, longer than any that is read`)
    return []
  }
  if (length > PLAIN_LINE_BYTES && hasTooManyValues(bytes)) {
    damaged('more values in a line than any that is read')
    return []
  }
  const decoded = decodeLine(bytes, crc32)
  if ('value' in decoded) {
    // It is read anyway, but nothing proves it, and no recorder of ours wrote it like this.
    if (!takesUnproved && !hasChecksum(bytes)) damaged('without a checksum')
    return [{ bytes, value: decoded.value, byte, line: number, length }]
  }
  const rescued = rescueLine(bytes)
  damaged(whyDamaged(line, decoded.damage, rescued))
  return rescued.map(({ value, offset, length: own }) => ({
    bytes: bytes.subarray(offset, offset + own),
    value,
    byte: byte + offset,
    line: number,
    length: own,
  }))
}

/**
 * Each comma, brace and bracket outside strings makes a value, which takes far more memory than its
 * text.
 */
function hasTooManyValues(line: Buffer): boolean {
  let values = 0
  let isText = false
  for (let at = 0; at < line.length; at += 1) {
    const byte = line[at]
    if (isText) {
      if (byte === BACKSLASH) at += 1
      else if (byte === QUOTE) isText = false
    } else if (byte === QUOTE) isText = true
    else if (byte === COMMA || byte === BRACE || byte === BRACKET) {
      values += 1
      if (values > LINE_VALUES) return true
    }
  }
  return false
}

const [QUOTE, COMMA, BRACKET, BACKSLASH, BRACE] = [34, 44, 91, 92, 123]

type Decoded = Omit<LogRecord, 'file'> & { bytes: Buffer }

function whyDamaged(line: FileLine, damage: string, rescued: readonly Rescued[]): string {
  if (line.isTorn) return LAST_LINE_CUT
  const [only, ...others] = rescued
  if (only === undefined || others.length > 0 || only.offset > 0) return damage
  return line.bytes?.includes(0) ? 'NUL bytes behind a good record' : 'a carriage return at its end'
}
