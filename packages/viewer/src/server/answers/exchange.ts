import { exchangeRecords } from '@tacho/reader'
import { answerJson } from '../answer.js'
import type { Asked } from '../routes.js'
import { shownExchange, spansByExchange } from '../shown/exchange.js'
import { exchangeIn } from './named.js'

export async function answerExchange(asked: Asked): Promise<void> {
  const { session, exchange } = await exchangeIn(asked)
  const { spans } = await asked.sessions.read(session)
  const records = exchangeRecords(session.folder, exchange, () => undefined)
  const own = spansByExchange(spans)(exchange.id)
  await answerJson(asked.response, shownExchange(exchange, records, own))
}
