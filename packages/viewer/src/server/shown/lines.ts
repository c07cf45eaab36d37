import { SESSION_FILES } from '@tacho/format'
import { readLog, readTextLog } from '@tacho/reader'
import type { EventLine, LogLine } from '../../api/answers.js'
import { cut } from './messages.js'

const LONGEST_LINE = 64 * 1024

/** The lines of the debug log. */
export function* shownLog(folder: string): Generator<LogLine> {
  let line = 0
  for (const { text } of readTextLog(folder, SESSION_FILES.log)) {
    line += 1
    yield { line, text: cut(text, LONGEST_LINE).text }
  }
}

/** The records of `session_events.log`. */
export function* shownEvents(folder: string): Generator<EventLine> {
  let number = 0
  for (const { value } of readLog(folder, SESSION_FILES.events, () => undefined)) {
    number += 1
    const { kind, time, ...record } = value
    yield { line: number, kind: textOf(kind), time: textOf(time), record }
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
