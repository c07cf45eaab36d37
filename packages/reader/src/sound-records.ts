import { type EventRecord, type GapRecord, type RawRecord, SESSION_FILES } from '@tacho/format'
import type { ReportDamage } from './damage.js'
import { eventLineOf } from './event-record-of.js'
import { EXCHANGES } from './limits.js'
import { RawOrder } from './raw-order.js'
import { damageOf, rawRecordOf, type Unusable } from './raw-record-of.js'
import { type LogRange, type LogRecord, type Place, readLog } from './read-log.js'

/** A record that is what it claims to be, and where it stands. */
export type Sound<Record> = Place & {
  record: Record
  /** Of its line, in bytes. */
  length: number
}

/**
 * The records of a session's raw log from its beginning, each of them sound; every line that holds
 * none, or none that fits to those before it, is reported.
 */
export function* rawRecords(
  folder: string,
  report: ReportDamage,
  range: Omit<LogRange, 'from' | 'to'> = {},
): Generator<Sound<RawRecord> & { isOrphan: boolean }> {
  const order = new RawOrder()
  let exchanges = 0
  for (const found of readLog(folder, SESSION_FILES.raw, report, range)) {
    const record = rawRecordOf(found.value)
    if (typeof record === 'string') {
      reportUnusable(record, found, report)
      continue
    }
    const { file, line, byte, length } = found
    if (record.kind === 'exchange') exchanges += 1
    if (exchanges > EXCHANGES) {
      report({ file, line, byte, lines: 0, reason: MORE_EXCHANGES })
      return
    }
    const { isOrphan, damage } = order.judge(record)
    if (damage !== undefined) report({ file, line, byte, lines: 1, reason: damage })
    yield { record, isOrphan, file, line, byte, length }
  }
}

/** Why what stands behind a place of a raw log is not there. */
export const MORE_EXCHANGES = `more than ${EXCHANGES} exchanges are not read`

/** The records of a session's events, each of them sound; every line that holds none is reported. */
export function* eventRecords(
  folder: string,
  report: ReportDamage,
  range: LogRange = {},
): Generator<Sound<EventRecord | GapRecord>> {
  for (const found of readLog(folder, SESSION_FILES.events, report, range)) {
    const record = judgeEvent(found, report)
    if (record === undefined) continue
    const { file, line, byte, length } = found
    yield { record, file, line, byte, length }
  }
}

/** An object of the events' log as a record of it; nothing, and a report, where it is none. */
export function judgeEvent(
  found: LogRecord,
  report: ReportDamage,
): EventRecord | GapRecord | undefined {
  const record = eventLineOf(found.value)
  if (typeof record !== 'string') return record
  reportUnusable(record, found, report)
  return undefined
}

/** Reports a line that holds no record of its log; kinds that a later Tacho writes are no damage. */
export function reportUnusable(unusable: Unusable, place: LogRecord, report: ReportDamage): void {
  const damage = damageOf(unusable)
  const { file, line, byte } = place
  if (damage !== undefined) report({ file, line, byte, lines: 1, ...damage })
}
