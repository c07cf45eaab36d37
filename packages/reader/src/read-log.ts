import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { decodeLine } from '@tacho/format'
import type { Damage, ReportDamage } from './damage.js'
import { logParts } from './log-parts.js'
import { openRegular, type RegularFile } from './open-regular.js'
import { type FileLine, type LinePlace, readLines } from './read-lines.js'
import { hasChecksum, isProved, rescueLine } from './rescue-line.js'
import { codecOf } from './sealed/codec.js'
import { readSealedLines } from './sealed/sealed-lines.js'

/** Where a line of a log begins. */
export type Place = LinePlace & {
  /** The file's name in the session folder: a log has several once it has been sealed. */
  file: string
}

/** An object of a log and the line where it stands. */
export type LogRecord = Place & { value: Record<string, unknown>; length: number }

export type LogRange = {
  from?: Place
  /** The byte of that file before which to end; without it, the log is read to its end. */
  to?: number
  /** Decides by a line's bytes whether it is worth decoding; the others are passed over. */
  wanted?: (line: Buffer) => boolean
  /** Those are proved by their checksum nevertheless, and reported where it does not match. */
  isProving?: boolean
  /** Does not report lines without a checksum: whoever reads them judges them. */
  takesUnproved?: boolean
  /** Is given each good line as it stands. Its bytes are valid until the next one. */
  onLine?: (bytes: Buffer) => void
}

/**
 * The records of a session's log, in order, read as they are asked for, sealed parts first. Reads
 * past whatever is damaged and reports it; a log that is not there has no records.
 */
export function* readLog(
  folder: string,
  log: string,
  report: ReportDamage,
  range: LogRange = {},
): Generator<LogRecord> {
  const { from } = range
  if (from === undefined) {
    for (const file of logParts(folder, log)) yield* readPart(folder, file, report, range)
    return
  }
  yield* readPart(folder, from.file, report, range)
  if (range.to !== undefined) return
  const { from: _, ...rest } = range
  const parts = logParts(folder, log)
  for (const file of parts.slice(parts.indexOf(from.file) + 1)) {
    yield* readPart(folder, file, report, rest)
  }
}

function* readPart(
  folder: string,
  file: string,
  report: ReportDamage,
  range: LogRange,
): Generator<LogRecord> {
  const opened = openRegular(join(folder, file))
  if ('refused' in opened) {
    if (opened.refused !== 'missing') report({ file, lines: 0, reason: opened.reason })
    return
  }
  const reportHere = (damage: Omit<Damage, 'file'>): void => report({ file, ...damage })
  const { wanted = () => true } = range
  try {
    for (const line of linesOf(file, opened, range, reportHere)) {
      if (line.length === 0) continue
      const isWanted = line.bytes === undefined || wanted(line.bytes)
      if (
        !isWanted &&
        !(range.isProving && !(line.bytes !== undefined && !line.isTorn && isProved(line.bytes)))
      )
        continue
      const record = decode(line, range, (reason) =>
        reportHere({ line: line.line, byte: line.byte, lines: 1, reason }),
      )
      if (isWanted && record !== undefined) yield { file, ...record }
    }
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    if (code === undefined) throw cause
    reportHere({ lines: 0, reason: `cannot be read on (${code})` })
  } finally {
    opened[Symbol.dispose]()
  }
}

function linesOf(
  file: string,
  opened: RegularFile,
  { from = { byte: 0, line: 1, file }, to = Number.POSITIVE_INFINITY }: LogRange,
  report: (damage: Omit<Damage, 'file'>) => void,
): Generator<FileLine> {
  const codec = codecOf(file)
  if (codec === undefined) return readLines(opened.descriptor, from, to)
  return readSealedLines(codec, opened, from, to, report)
}

function decode(
  line: FileLine,
  { onLine, takesUnproved = false }: LogRange,
  damaged: (reason: string) => void,
): Omit<LogRecord, 'file'> | undefined {
  const { bytes, byte, line: number, length } = line
  if (bytes === undefined) {
    damaged(`${length} bytes without a newline`)
    return undefined
  }
  const decoded = decodeLine(bytes, crc32)
  if ('value' in decoded) {
    // It is read all the same; but nothing proves it, and no recorder of ours wrote it so.
    if (!takesUnproved && !hasChecksum(bytes)) damaged('without a checksum')
    onLine?.(bytes)
    return { value: decoded.value, byte, line: number, length }
  }
  damaged(line.isTorn ? 'the last line is cut off' : decoded.damage)
  const rescued = rescueLine(bytes)
  if (rescued === undefined) return undefined
  const { value, offset } = rescued
  onLine?.(bytes.subarray(offset))
  return { value, byte: byte + offset, line: number, length: length - offset }
}
