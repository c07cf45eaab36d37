import { type RawRecord, SESSION_FILES } from '@tacho/format'
import type { ReportDamage } from './damage.js'
import { type IndexedExchange, lookUpsOf } from './raw-index.js'
import { damageOf, exchangeIdOf, rawRecordOf } from './raw-record-of.js'
import { readLog } from './read-log.js'

/**
 * The records of one exchange, in order, read as they are asked for; of a WebSocket's connection, also
 * its messages that belong to no other exchange.
 *
 * @param onBytes is told of bytes of the log that were read.
 */
export function* exchangeRecords(
  folder: string,
  exchange: IndexedExchange,
  report: ReportDamage,
  onBytes: (bytes: number) => void = () => undefined,
): Generator<Exclude<RawRecord, { kind: 'gap' }>> {
  const { from, to } = exchange
  const range = { from, work: lookUpsOf(exchange), ...(to !== undefined && { to }) }
  const lines = readLog(folder, SESSION_FILES.raw, report, range)
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
