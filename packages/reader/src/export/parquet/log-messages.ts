import { SESSION_FILES } from '@tacho/format'
import type { ReportDamage } from '../../damage.js'
import { microsOfIso } from '../../micros.js'
import { readTextLog, type TextLine } from '../../read-text-log.js'

/** A message of `session.log`; what its line does not say is absent. */
export type LogMessage = {
  at?: number
  level?: string
  source?: string
  message: string
  /** Where its first line is. */
  place: Omit<TextLine, 'text'>
}

/** A longer message is split: a file can go on without end. */
const MESSAGE_CHARACTERS = 1024 * 1024

/**
 * Yields the messages of a session's debug log, in order; continuation lines are joined to their
 * message.
 *
 * @param report receives what is damaged.
 */
export function* logMessages(folder: string, report?: ReportDamage): Generator<LogMessage> {
  let message: LogMessage | undefined
  for (const line of readTextLog(folder, SESSION_FILES.log, undefined, report)) {
    const { text, ...place } = line
    const head = headOf(text)
    const isLong = (message?.message.length ?? 0) > MESSAGE_CHARACTERS
    if (message !== undefined && head === undefined && !isLong) {
      message.message += `\n${text}`
      continue
    }
    if (message !== undefined) yield message
    message = { ...(head ?? { ...message, message: text }), place }
  }
  if (message !== undefined) yield message
}

const HEAD = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) (ERROR|WARN|INFO|DEBUG) +([^ :]+): (.*)$/s

function headOf(line: string): Omit<LogMessage, 'place'> | undefined {
  const [, time = '', level = '', source = '', message = ''] = HEAD.exec(line) ?? []
  const at = microsOfIso(time)
  return at === undefined ? undefined : { at, level, source, message }
}
