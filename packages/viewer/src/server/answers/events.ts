import { SESSION_FILES } from '@tacho/format'
import { readLog } from '@tacho/reader'
import type { EventLine, Page } from '../../api/answers.js'
import { answerJson } from '../answer.js'
import type { Asked } from '../routes.js'
import { countIn, sessionIn } from './named.js'

const PAGE = 1000

/** Records of `session_events.log`, `from` one on, counted from 1. */
export async function answerEvents(asked: Asked): Promise<void> {
  const { folder } = sessionIn(asked)
  const from = countIn(asked, 'from', 1)
  const items: EventLine[] = []
  let number = 0
  for (const { value, line } of readLog(folder, SESSION_FILES.events, () => undefined)) {
    number += 1
    if (number < from) continue
    if (items.length === PAGE) {
      await answerJson(asked.response, { items, next: number } satisfies Page<EventLine>)
      return
    }
    const { kind, time, ...record } = value
    items.push({ line, kind: textOf(kind), time: textOf(time), record })
  }
  await answerJson(asked.response, { items } satisfies Page<EventLine>)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
