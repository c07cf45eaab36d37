import type { Page } from '../../api/answers.js'
import { answerJson } from '../answer.js'
import type { Asked } from '../routes.js'
import { shownEvents, shownLog } from '../shown/lines.js'
import { countIn, sessionIn } from './named.js'

const PAGE = 10_000

/** Lines of the debug log, `from` a line on, counted from 1. */
export function answerLog(asked: Asked): Promise<void> {
  return answerPage(asked, shownLog(sessionIn(asked).folder))
}

/** Records of `session_events.log`, likewise. */
export function answerEvents(asked: Asked): Promise<void> {
  return answerPage(asked, shownEvents(sessionIn(asked).folder))
}

async function answerPage<Line extends { line: number }>(
  asked: Asked,
  lines: Iterable<Line>,
): Promise<void> {
  const from = countIn(asked, 'from', 1)
  const page: Page<Line> = { items: [] }
  for (const one of lines) {
    if (one.line < from) continue
    if (page.items.length === PAGE) {
      page.next = one.line
      break
    }
    page.items.push(one)
  }
  await answerJson(asked.response, page)
}
