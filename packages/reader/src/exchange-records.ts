import { type RawRecord, SESSION_FILES } from '@tacho/format'
import type { ReportDamage } from './damage.js'
import { type IndexedExchange, lookUpsOf } from './raw-index.js'
import { bodyLineOf } from './raw-log/body-line.js'
import { damageOf, exchangeIdOf, rawRecordOf } from './raw-record-of.js'
import { type LogRange, type LogRecord, readLog } from './read-log.js'

/**
 * Reads the records of one exchange, in order, on demand; for a WebSocket's connection also its
 * messages that belong to no other exchange.
 *
 * @param onBytes receives how many bytes of the log were read.
 * @param longestBody bytes of the longest request-body line whose content is wanted; for a longer
 * one in the recorder's own format, the record has everything else.
 */
export function* exchangeRecords(
  folder: string,
  exchange: IndexedExchange,
  report: ReportDamage,
  onBytes: (bytes: number) => void = () => undefined,
  longestBody = 0,
): Generator<Exclude<RawRecord, { kind: 'gap' }>> {
  const { from, to } = exchange
  const range = { from, work: lookUpsOf(exchange), ...(to !== undefined && { to }) }
  const lines = withoutLongBodies(folder, report, range, longestBody)
  for (const { value, file, line, byte, length } of lines) {
    onBytes(length)
    const record = rawRecordOf(value)
    if (typeof record === 'string') {
      const damage = damageOf(record)
      if (damage !== undefined) report({ file, line, byte, lines: 1, ...damage })
    } else if (record.kind !== 'gap' && exchangeIdOf(record) === exchange.id) {
      yield record
    }
  }
}

function* withoutLongBodies(
  folder: string,
  report: ReportDamage,
  range: LogRange,
  longest: number,
): Generator<LogRecord> {
  const bodies: LogRecord[] = []
  const quick: LogRange['quick'] = (bytes, { byte, line, length }, file) => {
    const value = length > longest ? bodyLineOf(bytes) : undefined
    if (value === undefined) return false
    bodies.push({ file, byte, line, length, value })
    return true
  }
  for (const record of readLog(folder, SESSION_FILES.raw, report, { ...range, quick })) {
    yield* bodies.splice(0)
    yield record
  }
  yield* bodies
}
