import { answerJson } from '../answer.js'
import type { Asked } from '../routes.js'
import { shownExchange } from '../shown/exchange.js'
import { exchangeIn } from './named.js'

export async function answerExchange(asked: Asked): Promise<void> {
  const { session, exchange } = await exchangeIn(asked)
  const { spans } = await asked.sessions.read(session)
  await answerJson(asked.response, shownExchange(session.folder, exchange, spans))
}
