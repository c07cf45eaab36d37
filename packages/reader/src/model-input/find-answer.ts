import type { IndexedExchange, RawIndex } from '../raw-index.js'
import { responseIdOf } from './answer-output.js'

/** Finds the exchange before another one whose answer has an id. */
export type FindAnswer = (responseId: string, before: number) => IndexedExchange | undefined

/**
 * Looks for answers by their ids, from an exchange backwards: a request continues what has been
 * answered, mostly the answer before it. No answer is looked at twice.
 */
export function answerFinder(
  folder: string,
  index: RawIndex,
  onBytes: (bytes: number) => void,
): FindAnswer {
  const known: { id: string | undefined; exchange: IndexedExchange }[] = []
  let next: number | undefined
  return (responseId, before) => {
    const seen = known.find(({ id, exchange }) => id === responseId && exchange.number < before)
    if (seen !== undefined) return seen.exchange
    for (next ??= before - 1; next >= 1; ) {
      const exchange = index.exchanges[next - 1]
      next -= 1
      if (exchange === undefined) continue
      const id = responseIdOf(folder, exchange, onBytes)
      known.push({ id, exchange })
      if (id === responseId && exchange.number < before) return exchange
    }
    return undefined
  }
}
