import { ReaderError } from '@tacho/reader'
import type { ComparisonAnswer } from '../../api/answers.js'
import { answerJson } from '../answer.js'
import { type Asked, NotFound } from '../routes.js'
import { shownComparison } from '../shown/comparison.js'
import { exchangeIn, exchangeNumbered, sessionNamed } from './named.js'

/** Answers with how the request of an exchange differs from another, of this session or another. */
export async function answerComparison(asked: Asked): Promise<void> {
  const { session, reader, exchange } = await exchangeIn(asked)
  const { otherSession = '', otherNumber = '' } = asked.words
  const other = sessionNamed(asked, otherSession)
  const otherReader = await asked.sessions.reader(other)
  const otherExchange = exchangeNumbered(otherReader.index, otherNumber)
  try {
    const before = reader.given(exchange).request
    const after = otherReader.given(otherExchange).request
    await answerJson(asked.response, {
      before: { session: session.id, number: exchange.number },
      after: { session: other.id, number: otherExchange.number },
      parts: shownComparison(before, after),
    } satisfies ComparisonAnswer)
  } catch (cause) {
    if (cause instanceof ReaderError) throw new NotFound(cause.message)
    throw cause
  }
}
