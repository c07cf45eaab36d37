import { type EventRecord, SESSION_FILES } from '@tacho/format'
import type { ReportDamage } from '../damage.js'
import { eventLineOf } from '../event-record-of.js'
import { damageOf } from '../raw-record-of.js'
import { readLog } from '../read-log.js'

/** What the taps saw in each run of a session, in its order; no run of a session of before there were events. */
export function readEvents(
  folder: string,
  report: ReportDamage,
  onBytes: (bytes: number) => void = () => {},
): Map<string, EventRecord[]> {
  const runs = new Map<string, EventRecord[]>()
  const lines = readLog(folder, SESSION_FILES.events, report)
  for (const { value, file, line, byte, length } of lines) {
    onBytes(length + 1)
    const record = eventLineOf(value)
    if (typeof record === 'string') {
      const damage = damageOf(record)
      if (damage !== undefined) report({ file, line, byte, lines: 1, ...damage })
      continue
    }
    if (record.kind === 'gap') continue
    const events = runs.get(record.run) ?? []
    events.push(record)
    runs.set(record.run, events)
  }
  return runs
}
