import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { decodeLine } from '@tacho/format'
import type { ReportDamage } from './damage.js'
import { openRegular } from './open-regular.js'
import { type FileLine, type Place, readLines } from './read-lines.js'
import { salvage } from './salvage.js'

/** An object of a log and the line where it stands. */
export type LogRecord = Place & { value: Record<string, unknown>; length: number }

export type LogRange = {
  from?: Place
  /** The byte before which to end. */
  to?: number
  /** Decides by a line's bytes whether it is worth decoding; the others are passed over. */
  wanted?: (line: Buffer) => boolean
}

/**
 * The records of a session's log, in order, read as they are asked for. Reads past whatever is
 * damaged and reports it; a log that is not there has no records.
 */
export function* readLog(
  folder: string,
  file: string,
  report: ReportDamage,
  range: LogRange = {},
): Generator<LogRecord> {
  const opened = openRegular(join(folder, file))
  if ('refused' in opened) {
    if (opened.refused !== 'missing') report({ file, lines: 0, reason: opened.reason })
    return
  }
  const { wanted = () => true } = range
  try {
    for (const line of readLines(opened.descriptor, range.from, range.to)) {
      if (line.length === 0 || (line.bytes !== undefined && !wanted(line.bytes))) continue
      const record = decode(line, (reason) =>
        report({ file, line: line.line, byte: line.byte, lines: 1, reason }),
      )
      if (record !== undefined) yield record
    }
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    if (code === undefined) throw cause
    report({ file, lines: 0, reason: `cannot be read on (${code})` })
  } finally {
    opened[Symbol.dispose]()
  }
}

function decode(line: FileLine, damaged: (reason: string) => void): LogRecord | undefined {
  const { bytes, byte, line: number, length } = line
  if (bytes === undefined) {
    damaged(`${length} bytes without a newline`)
    return undefined
  }
  const decoded = decodeLine(bytes, crc32)
  if ('value' in decoded) return { value: decoded.value, byte, line: number, length }
  damaged(line.isTorn ? 'the last line is cut off' : decoded.damage)
  const rescued = salvage(bytes)
  if (rescued === undefined) return undefined
  const { value, offset } = rescued
  return { value, byte: byte + offset, line: number, length: length - offset }
}
