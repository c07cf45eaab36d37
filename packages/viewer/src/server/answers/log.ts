import { SESSION_FILES } from '@tacho/format'
import { readTextLog } from '@tacho/reader'
import type { LogLine, Page } from '../../api/answers.js'
import { answerJson } from '../answer.js'
import type { Asked } from '../routes.js'
import { countIn, sessionIn } from './named.js'

const PAGE = 2000

/** Lines of the debug log, `from` a line on, counted from 1. */
export async function answerLog(asked: Asked): Promise<void> {
  const { folder } = sessionIn(asked)
  const from = countIn(asked, 'from', 1)
  const items: LogLine[] = []
  let line = 0
  for (const { text } of readTextLog(folder, SESSION_FILES.log)) {
    line += 1
    if (line < from) continue
    if (items.length === PAGE) {
      await answerJson(asked.response, { items, next: line } satisfies Page<LogLine>)
      return
    }
    items.push({ line, text: text.slice(0, 64 * 1024) })
  }
  await answerJson(asked.response, { items } satisfies Page<LogLine>)
}
