import type { DecodingOutcome } from './messages.js'

/**
 * What a record says of a coding that could not be taken off to its end. A body that was cut, as by
 * an agent that hung up, ends too early by that, and nothing more is wrong with it.
 *
 * @param isWhole whether all of the body came that was to come.
 */
export function brokenBy(
  outcome: DecodingOutcome,
  isWhole: boolean,
): { broken?: string } | undefined {
  if (typeof outcome === 'string' || (outcome.isShort && !isWhole)) return undefined
  return { broken: outcome.fault }
}
