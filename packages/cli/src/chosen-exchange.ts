import type { IndexedExchange, RawIndex } from '@tacho/reader'
import { InvalidArgumentError } from 'commander'
import { CommandError, EXIT } from './command-error.js'

/** Parses the number of an exchange. */
export function exchangeNumber(text: string): number {
  if (!isExchangeNumber(text)) throw new InvalidArgumentError('It must be a number, 1 or greater.')
  return Number(text)
}

/** Returns whether a word is the number of an exchange, and not the prefix of a session id. */
export function isExchangeNumber(text: string): boolean {
  return /^[1-9]\d{0,8}$/.test(text)
}

/**
 * Returns the exchange with a number.
 *
 * @throws CommandError `no-exchange` if the session has none with this number.
 */
export function exchangeOf({ exchanges }: RawIndex, number: number): IndexedExchange {
  const exchange = exchanges[number - 1]
  if (exchange !== undefined) return exchange
  throw new CommandError(
    'no-exchange',
    EXIT.failure,
    `the session has no exchange ${number}. It has ${thoseOf(exchanges.length)}.`,
  )
}

function thoseOf(count: number): string {
  if (count === 0) return 'none'
  return count === 1 ? 'only exchange 1' : `exchanges 1 to ${count}`
}
