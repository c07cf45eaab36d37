import { join } from 'node:path'
import type { GapRecord } from '@tacho/format'
import type { Damage } from '../damage.js'
import { isoOfMicros } from '../micros.js'
import { type LogRecord, readLog } from '../read-log.js'
import { hasChecksum } from '../rescue-line.js'
import { NewFile } from './new-file.js'

/** What happened to the lines of a log. */
export type SalvagedLines = { kept: number; lost: number }

/** What to write for a good line: the line as is, another record, or a gap. */
export type Fate = 'as-it-is' | { instead: object } | { lost: string }

/**
 * Writes the good lines of a log to a new folder, and a gap where lines are missing.
 *
 * @param fateOf decides about a line that is good in itself; receives whether a gap precedes it.
 * @param since when the records around a gap were written: ISO 8601.
 */
export function salvageLines(
  folder: string,
  log: string,
  target: string,
  fateOf: (record: LogRecord, hasGap: boolean) => Fate,
  since: () => string,
): SalvagedLines {
  const file = new NewFile(join(target, log))
  const result = { kept: 0, lost: 0 }
  let hasGap = false
  let missing: { lines: number; reason: string } | undefined
  const lose = ({ file: name, line, byte, lines, reason }: Damage): void => {
    const where = line === undefined ? name : `${name}, line ${line}, byte ${byte}`
    missing ??= { lines: 0, reason: `${reason} (${where})` }
    missing.lines += lines
    hasGap = true
    result.lost += lines
  }
  const tell = (): void => {
    if (missing !== undefined) file.record(gapOf(missing, since()))
    missing = undefined
  }
  let bytes = Buffer.alloc(0)
  const onLine = (line: Buffer): void => {
    bytes = line as Buffer<ArrayBuffer>
  }
  try {
    for (const record of readLog(folder, log, lose, { onLine, takesUnproved: true })) {
      const fate: Fate = hasChecksum(bytes)
        ? fateOf(record, hasGap)
        : { lost: 'without a checksum' }
      if (typeof fate === 'object' && 'lost' in fate) {
        const { file: name, line, byte } = record
        lose({ file: name, line, byte, lines: 1, reason: fate.lost })
        continue
      }
      tell()
      if (fate === 'as-it-is') file.line(bytes)
      else file.record(fate.instead)
      result.kept += 1
      if (record.value.kind === 'gap') hasGap = true
    }
    tell()
  } finally {
    file.close()
  }
  return result
}

/** Makes the gap that stands for lines that could not be salvaged. */
export function gapOf(
  { lines, reason }: { lines: number; reason: string },
  since: string,
): GapRecord {
  return {
    kind: 'gap',
    time: isoOfMicros(Date.now() * 1000) ?? '',
    since,
    lost: { unreadable: lines },
    bytes: 0,
    reason: `salvaged: ${reason}`,
  }
}
