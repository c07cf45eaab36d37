import { createHmac, randomBytes } from 'node:crypto'
import { createScrubber, type Scrubber } from '@tacho/scrub'

/**
 * A scrubber for a session that is over, with a key of its own: what it marks as equal is equal within
 * this one work.
 *
 * @param values secrets that the user names, searched for in any form, under the rule `value`.
 */
export function afterwardsScrubber(values: readonly string[]): Scrubber {
  const key = randomBytes(32)
  const scrubber = createScrubber({
    fingerprint: (secret) => createHmac('sha256', key).update(secret).digest('hex').slice(0, 4),
  })
  for (const value of values) scrubber.learn(value, 'value')
  return scrubber
}
