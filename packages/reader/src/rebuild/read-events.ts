import type { EventRecord } from '@tacho/format'
import type { ReportDamage } from '../damage.js'
import { EVENT_BYTES, EVENT_COST } from '../limits.js'
import { NOT_READ_ON } from '../sealed/sealed-lines.js'
import { eventRecords } from '../sound-records.js'

/**
 * Reads what the taps saw in each run of a session, in order; empty for sessions from before events
 * existed.
 */
export function readEvents(
  folder: string,
  report: ReportDamage,
  onBytes: (bytes: number) => void = () => {},
): Map<string, EventRecord[]> {
  const runs = new Map<string, EventRecord[]>()
  let bytes = 0
  for (const { record, length, ...place } of eventRecords(folder, report)) {
    onBytes(length + 1)
    if (record.kind === 'gap') continue
    bytes += length + EVENT_COST
    if (bytes > EVENT_BYTES) {
      report({ ...place, lines: 0, reason: NOT_READ_ON })
      break
    }
    const events = runs.get(record.run) ?? []
    events.push(record)
    runs.set(record.run, events)
  }
  return runs
}
