import type { IndexedExchange, RawIndex } from '../raw-index.js'
import { responseIdOf } from './answer-output.js'

/**
 * The exchange whose answer has an id, looked for from another one backwards: a request continues what
 * has been answered, mostly the answer before it. Whoever goes on from there looks at no answer twice.
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
