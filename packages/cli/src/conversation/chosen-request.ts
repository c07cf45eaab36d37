import type { ConversationReader, IndexedExchange } from '@tacho/reader'
import { exchangeOf } from '../chosen-exchange.js'
import { CommandError, EXIT } from '../command-error.js'

/**
 * The request to a model that the user named; where none was named, the last of the user's thread.
 *
 * @throws CommandError `no-exchange` where there is none.
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
