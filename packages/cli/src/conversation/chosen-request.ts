import type { ConversationReader, IndexedExchange } from '@tacho/reader'
import { exchangeOf } from '../chosen-exchange.js'
import { CommandError, EXIT } from '../command-error.js'

/**
 * Returns the model request that the user named; without a name, the last in the user's thread.
 *
 * @throws CommandError `no-exchange` if there is none.
 */
export function chosenRequest(
  reader: ConversationReader,
  number: number | undefined,
): IndexedExchange {
  if (number !== undefined) return exchangeOf(reader.index, number)
  const last = reader.last()
  if (last !== undefined) return last
  throw new CommandError(
    'no-exchange',
    EXIT.failure,
    'the session has no request to a model. What it has: tacho show',
  )
}
