import { answerJson } from '../answer.js'
import type { Asked } from '../routes.js'
import { shownSession } from '../shown/session.js'
import { sessionIn } from './named.js'

export async function answerSession(asked: Asked): Promise<void> {
  const found = sessionIn(asked)
  const session = await asked.sessions.read(found)
  const traceUrl = await asked.sessions.traceUrl(found)
  await answerJson(asked.response, {
    ...shownSession(session),
    ...(traceUrl !== undefined && { traceUrl }),
  })
}
