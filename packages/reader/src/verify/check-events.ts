import type { ReportDamage } from '../damage.js'
import { eventRecords } from '../sound-records.js'

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
  for (const { record: event, length } of eventRecords(folder, report)) {
    onBytes(length + 1)
    result.bytes += length + 1
    if (event.kind === 'gap') {
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
