import type { ConversationReader, IndexedExchange } from '@tacho/reader'
import { exchangeOf } from '../chosen-exchange.js'
import { CommandError, EXIT } from '../command-error.js'

/**
 * Returns the two requests to compare, the earlier one first; a single one is compared with the one
 * before it.
 *
 * @throws CommandError `no-exchange`
 */
export function chosenPair(
  reader: ConversationReader,
  number: number,
  other: number | undefined,
): [IndexedExchange, IndexedExchange] {
  const first = exchangeOf(reader.index, number)
  if (other !== undefined) return [first, exchangeOf(reader.index, other)]
  const before = reader.before(first)
  if (before !== undefined) return [before, first]
  throw new CommandError(
    'no-exchange',
    EXIT.failure,
    `exchange ${number} has no request before it in its thread. Name two: tacho diff <session> <n> <m>`,
  )
}
