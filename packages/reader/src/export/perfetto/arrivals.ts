import { lengthOf, SESSION_FILES } from '@tacho/format'
import { rawRecordOf } from '../../raw-record-of.js'
import { readLog } from '../../read-log.js'

/** Bytes of a response that arrived together; `at` counts from the start of the exchange. */
export type Arrival = { exchange: string; at: number; bytes: number }

/** Yields the chunks of all exchanges in the order of the log, on demand. */
export function* arrivalsOf(folder: string, onBytes: (bytes: number) => void): Generator<Arrival> {
  // Damage was reported when the session was read.
  for (const { value, length } of readLog(folder, SESSION_FILES.raw, () => undefined)) {
    onBytes(length + 1)
    const record = rawRecordOf(value)
    if (typeof record === 'string' || record.kind !== 'chunk') continue
    yield { exchange: record.exchange, at: record.at, bytes: lengthOf(record.content) }
  }
}
