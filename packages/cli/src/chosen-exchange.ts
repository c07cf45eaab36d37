import type { IndexedExchange, RawIndex } from '@tacho/reader'
import { InvalidArgumentError } from 'commander'
import { CommandError, EXIT } from './command-error.js'

/** The number of an exchange on the command line. */
export function exchangeNumber(text: string): number {
  if (!isExchangeNumber(text)) throw new InvalidArgumentError('It must be a number, 1 or greater.')
  return Number(text)
}

/** Whether a word is the number of an exchange, and not the beginning of a session's id. */
export function isExchangeNumber(text: string): boolean {
  return /^[1-9]\d{0,8}$/.test(text)
}

/**
 * The exchange of a number.
 *
 * @throws CommandError `no-exchange` where the session has none of this number.
 */
export function exchangeOf({ exchanges }: RawIndex, number: number): IndexedExchange {
  const exchange = exchanges[number - 1]
  if (exchange !== undefined) return exchange
  const there =
    exchanges.length === 0 ? 'It has none.' : `It has the exchanges 1 to ${exchanges.length}.`
  throw new CommandError(
    'no-exchange',
    EXIT.failure,
    `the session has no exchange ${number}. ${there}`,
  )
}
