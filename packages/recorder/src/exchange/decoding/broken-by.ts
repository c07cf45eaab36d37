import type { DecodingOutcome } from './messages.js'

/**
 * Returns what a record says about a coding that could not be decoded to its end. A body that was
 * cut, for example because the agent hung up, ends too early for that reason alone, so nothing is
 * wrong with it.
 *
 * @param isWhole whether the whole body arrived.
 */
export function brokenBy(
  outcome: DecodingOutcome,
  isWhole: boolean,
): { broken?: string } | undefined {
  if (typeof outcome === 'string' || (outcome.isShort && !isWhole)) return undefined
  return { broken: outcome.fault }
}
