import type { IndexedExchange, RawIndex } from '../raw-index.js'
import { responseIdOf } from './answer-output.js'

/**
 * Finds the exchange whose answer has an id, going backwards from another one: a request continues
 * an earlier answer, mostly the one before it. Continuing from there never examines an answer
 * twice.
 */
export function findAnswer(
  folder: string,
  index: RawIndex,
  responseId: string,
  before: IndexedExchange,
  onBytes: (bytes: number) => void,
): IndexedExchange | undefined {
  for (let number = before.number - 1; number >= 1; number -= 1) {
    const exchange = index.exchanges[number - 1]
    if (exchange === undefined) continue
    if (responseIdOf(folder, exchange, onBytes) === responseId) return exchange
  }
  return undefined
}
