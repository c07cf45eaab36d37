import { type EventRecord, type GapRecord, type RawRecord, SESSION_FILES } from '@tacho/format'
import type { ReportDamage } from './damage.js'
import { eventLineOf } from './event-record-of.js'
import { EXCHANGES } from './limits.js'
import { RawOrder } from './raw-order.js'
import { damageOf, rawRecordOf, type Unusable } from './raw-record-of.js'
import { type LogRange, type LogRecord, type Place, readLog } from './read-log.js'

/** A record that has been checked, and its place. */
export type Sound<Record> = Place & {
  record: Record
  /** The length of its line, in bytes. */
  length: number
}

/**
 * Reads the records of a session's raw log from its start and checks each; reports every line that
 * has none, or one that does not fit those before.
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

/** Why what follows a place of a raw log is missing. */
export const MORE_EXCHANGES = `more than ${EXCHANGES} exchanges are not read`

/** Reads the records of a session's events and checks each; reports every line that has none. */
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

/** Checks an object of the events' log; reports it and returns undefined if it is not a record. */
export function judgeEvent(
  found: LogRecord,
  report: ReportDamage,
): EventRecord | GapRecord | undefined {
  const record = eventLineOf(found.value)
  if (typeof record !== 'string') return record
  reportUnusable(record, found, report)
  return undefined
}

/** Reports a line without a record of its log; kinds that a later Tacho writes are not damage. */
export function reportUnusable(unusable: Unusable, place: LogRecord, report: ReportDamage): void {
  const damage = damageOf(unusable)
  const { file, line, byte } = place
  if (damage !== undefined) report({ file, line, byte, lines: 1, ...damage })
}
