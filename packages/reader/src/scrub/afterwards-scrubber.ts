import { createHmac, randomBytes } from 'node:crypto'
import { createScrubber, type Scrubber, type Shape } from '@tacho/scrub'

/**
 * Makes a scrubber for a session that is over, with a key of its own: equal markers mean equal
 * secrets only within this one use.
 *
 * @param values secrets that the user names, searched for in any form, under the rule `value`.
 * @param shapes searched for in addition to the known ones.
 */
export function afterwardsScrubber(
  values: readonly string[],
  shapes: readonly Shape[] = [],
): Scrubber {
  const scrubber = createScrubber({ fingerprint: newFingerprint(), shapes })
  for (const value of values) scrubber.learn(value, 'value', { isCertain: true })
  return scrubber
}

/**
 * Makes a function that distinguishes secrets and reveals nothing else about them: 4 hex digits
 * under a key that is not kept.
 */
export function newFingerprint(): (secret: string) => string {
  const key = randomBytes(32)
  return (secret) => createHmac('sha256', key).update(secret).digest('hex').slice(0, 4)
}
