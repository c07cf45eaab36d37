import type { EventRecord } from '@tacho/format'
import type { ReportDamage } from '../damage.js'
import { eventRecords } from '../sound-records.js'

/** What the taps saw in each run of a session, in its order; no run of a session of before there were events. */
export function readEvents(
  folder: string,
  report: ReportDamage,
  onBytes: (bytes: number) => void = () => {},
): Map<string, EventRecord[]> {
  const runs = new Map<string, EventRecord[]>()
  for (const { record, length } of eventRecords(folder, report)) {
    onBytes(length + 1)
    if (record.kind === 'gap') continue
    const events = runs.get(record.run) ?? []
    events.push(record)
    runs.set(record.run, events)
  }
  return runs
}
