import { SESSION_FILES } from '@tacho/format'
import type { ReportDamage } from '../damage.js'
import { eventLineOf } from '../event-record-of.js'
import { damageOf } from '../raw-record-of.js'
import { readLog } from '../read-log.js'

/** What checking the events found, beside the damage. */
export type EventChecks = {
  bytes: number
  events: number
  /** Of the runs that it tells of, whether it tells of their end. */
  runs: Map<string, { hasEnded: boolean }>
  /** What its gaps say was lost. */
  lost: Record<string, number>[]
}

/** Checks every line of a session's events; a session of before Tacho wrote any has none. */
export function checkEvents(
  folder: string,
  report: ReportDamage,
  onBytes: (bytes: number) => void,
): EventChecks {
  const result: EventChecks = { bytes: 0, events: 0, runs: new Map(), lost: [] }
  const log = readLog(folder, SESSION_FILES.events, report, { isStrict: true })
  for (const { value, file, line, byte, length } of log) {
    onBytes(length + 1)
    result.bytes += length + 1
    const event = eventLineOf(value)
    if (typeof event === 'string') {
      const damage = damageOf(event)
      if (damage !== undefined) report({ file, line, byte, lines: 1, ...damage })
    } else if (event.kind === 'gap') {
      result.lost.push(event.lost)
    } else {
      result.events += 1
      const run = result.runs.get(event.run) ?? { hasEnded: false }
      run.hasEnded ||= event.kind === 'run-ended'
      result.runs.set(event.run, run)
    }
  }
  return result
}
