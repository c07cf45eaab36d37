import type { ReportDamage } from '../damage.js'
import { eventRecords } from '../sound-records.js'

/** What checking the events found, apart from damage. */
export type EventChecks = {
  bytes: number
  events: number
  /** For each run with events, whether its end is among them. */
  runs: Map<string, { hasEnded: boolean }>
  /** What was lost, according to its gaps. */
  lost: Record<string, number>[]
}

/** Checks every line of a session's events; sessions from before Tacho wrote any have none. */
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
