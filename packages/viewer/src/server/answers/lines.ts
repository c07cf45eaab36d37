import type { LineMark, LineMarks } from '@tacho/reader'
import type { Page } from '../../api/answers.js'
import { answerJson } from '../answer.js'
import type { Asked } from '../routes.js'
import { type PlacedLine, shownEvents, shownLog } from '../shown/lines.js'
import { countIn, sessionIn } from './named.js'

const PAGE = 10_000

/** Answers with lines of the debug log, starting at line `from`, counted from 1. */
export async function answerLog(asked: Asked): Promise<void> {
  const { log } = await asked.sessions.marks(sessionIn(asked))
  await answerPage(asked, log, shownLog)
}

/** The same for records of `session_events.log`. */
export async function answerEvents(asked: Asked): Promise<void> {
  const { events } = await asked.sessions.marks(sessionIn(asked))
  await answerPage(asked, events, shownEvents)
}

async function answerPage<Line extends { line: number }>(
  asked: Asked,
  marks: LineMarks,
  linesFrom: (folder: string, from: LineMark | undefined) => Iterable<PlacedLine<Line>>,
): Promise<void> {
  const from = countIn(asked, 'from', 1)
  const page: Page<Line> = { items: [] }
  let last: LineMark | undefined
  for (const { shown, place } of linesFrom(sessionIn(asked).folder, marks.upTo(from))) {
    const { line } = shown
    if (line >= from) {
      if (page.items.length === PAGE) page.next = line
      else page.items.push(shown)
    }
    // The last one, because there may be nothing after it yet; it is read again.
    last = { number: line, place }
    if (page.next !== undefined) break
  }
  if (last !== undefined) marks.note(last)
  await answerJson(asked.response, page)
}
