import { SESSION_FILES } from '@tacho/format'
import { type LineMark, type Place, readLog, readTextLog } from '@tacho/reader'
import type { EventLine, LogLine } from '../../api/answers.js'
import { cut } from './messages.js'

const LONGEST_LINE = 64 * 1024

/** A line as shown, and its place. */
export type PlacedLine<Line> = { shown: Line; place: Place }

/**
 * Yields the lines of the debug log.
 *
 * @param from the line to start with; without it, the first.
 */
export function* shownLog(folder: string, from?: LineMark): Generator<PlacedLine<LogLine>> {
  let line = from?.number ?? 1
  for (const { text, ...place } of readTextLog(folder, SESSION_FILES.log, from?.place)) {
    yield { shown: { line, text: cut(text, LONGEST_LINE).text }, place }
    line += 1
  }
}

/** The same for the records of `session_events.log`. */
export function* shownEvents(folder: string, from?: LineMark): Generator<PlacedLine<EventLine>> {
  let line = from?.number ?? 1
  const range = from && { from: from.place }
  for (const found of readLog(folder, SESSION_FILES.events, () => undefined, range)) {
    const { value, ...place } = found
    const { kind, time, ...record } = value
    yield { shown: { line, kind: textOf(kind), time: textOf(time), record }, place }
    line += 1
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
