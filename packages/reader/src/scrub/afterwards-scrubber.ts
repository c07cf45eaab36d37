import { createHmac, randomBytes } from 'node:crypto'
import { createScrubber, type Scrubber, type Shape } from '@tacho/scrub'

/**
 * A scrubber for a session that is over, with a key of its own: what it marks as equal is equal within
 * this one work.
 *
 * @param values secrets that the user names, searched for in any form, under the rule `value`.
 * @param shapes what is searched for beside the shapes that are known.
 */
export function afterwardsScrubber(
  values: readonly string[],
  shapes: readonly Shape[] = [],
): Scrubber {
  const scrubber = createScrubber({ fingerprint: newFingerprint(), shapes })
  for (const value of values) scrubber.learn(value, 'value', { isCertain: true })
  return scrubber
}

/** Tells two secrets apart and tells nothing else of them: 4 hex digits under a key that nobody keeps. */
export function newFingerprint(): (secret: string) => string {
  const key = randomBytes(32)
  return (secret) => createHmac('sha256', key).update(secret).digest('hex').slice(0, 4)
}
