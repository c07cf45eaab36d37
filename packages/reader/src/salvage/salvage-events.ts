import { SESSION_FILES } from '@tacho/format'
import { eventLineOf } from '../event-record-of.js'
import { logParts } from '../log-parts.js'
import { type Fate, type SalvagedLines, salvageLines } from './salvage-lines.js'

/** Writes the good lines of a session's events to a new folder, if there are any. */
export function salvageEvents(folder: string, target: string): SalvagedLines {
  // Without the file, the session is older than events: nothing is missing.
  if (logParts(folder, SESSION_FILES.events).length === 0) return { kept: 0, lost: 0 }
  let since = new Date(0).toISOString()
  const fateOf = ({ value }: { value: Record<string, unknown> }): Fate => {
    const event = eventLineOf(value)
    if (event === 'broken') return { lost: 'not a record of this log' }
    if (event !== 'unknown') since = event.time
    return 'as-it-is'
  }
  return salvageLines(folder, SESSION_FILES.events, target, fateOf, () => since)
}
