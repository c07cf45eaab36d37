import type { ContextAnswer } from '../../api/answers.js'
import { answerJson } from '../answer.js'
import type { Asked } from '../routes.js'
import { shownContexts } from '../shown/context.js'
import { sessionIn } from './named.js'

export async function answerContext(asked: Asked): Promise<void> {
  const found = sessionIn(asked)
  const session = await asked.sessions.read(found)
  const reader = await asked.sessions.reader(found)
  const answer: ContextAnswer = { exchanges: [] }
  for (const one of shownContexts(reader, session.exchanges)) {
    answer.exchanges.push(one)
    // So that other requests are answered meanwhile.
    await new Promise((resolve) => setImmediate(resolve))
    if (asked.response.destroyed) return
  }
  await answerJson(asked.response, answer)
}
