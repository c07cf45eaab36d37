import type { LogWords } from '@tacho/model'
import type { ReportDamage } from '../damage.js'
import { logMessages } from '../export/parquet/log-messages.js'

/** Of messages that are neither the recorder's own nor warnings, only this many of the last. */
const LAST_MESSAGES = 200
const MOST_MESSAGES = 2000
const MESSAGE_CHARACTERS = 2000

/**
 * Returns the messages of the debug log that may explain a session.
 *
 * @param report receives what of it is damaged.
 */
export function logWords(folder: string, report: ReportDamage): LogWords[] {
  const told: LogWords[] = []
  const last: LogWords[] = []
  for (const { at, level = '', source = '', message, place } of logMessages(folder, report)) {
    if (at === undefined) continue
    const words = { at, level, source, text: message.slice(0, MESSAGE_CHARACTERS), place }
    const isTelling = source === 'tacho' || level === 'ERROR' || level === 'WARN'
    if (isTelling && told.length < MOST_MESSAGES) told.push(words)
    else if (last.push(words) > LAST_MESSAGES) last.shift()
  }
  return [...told, ...last].sort((one, other) => one.at - other.at)
}
