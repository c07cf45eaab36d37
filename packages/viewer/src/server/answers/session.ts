import { answerJson } from '../answer.js'
import type { Asked } from '../routes.js'
import { shownSession } from '../shown/session.js'
import { sessionIn } from './named.js'

export async function answerSession(asked: Asked): Promise<void> {
  const explanation = await asked.sessions.read(sessionIn(asked))
  await answerJson(asked.response, shownSession(explanation))
}
