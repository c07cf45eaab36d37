import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { eventLineOf } from '../event-record-of.js'
import { logParts } from '../log-parts.js'
import { NOT_THERE } from '../session-damage.js'
import { NewFile } from './new-file.js'
import { type Fate, gapOf, type SalvagedLines, salvageLines } from './salvage-lines.js'

/**
 * Writes the good lines of a session's events to a new folder.
 *
 * @param isExpected whether there must be events: a session of Tacho 0.1.0 has none.
 */
export function salvageEvents(folder: string, target: string, isExpected: boolean): SalvagedLines {
  let since = new Date(0).toISOString()
  if (logParts(folder, SESSION_FILES.events).length === 0) {
    if (isExpected) {
      const file = new NewFile(join(target, SESSION_FILES.events))
      file.record(gapOf({ lines: 0, reason: NOT_THERE }, since))
      file.close()
    }
    return { kept: 0, lost: 0 }
  }
  const fateOf = ({ value }: { value: Record<string, unknown> }): Fate => {
    const event = eventLineOf(value)
    if (event === 'broken') return { lost: 'not a record of this log' }
    if (event !== 'unknown') since = event.time
    return 'as-it-is'
  }
  return salvageLines(folder, SESSION_FILES.events, target, fateOf, () => since)
}
