import { createHmac, randomBytes } from 'node:crypto'
import { createScrubber, isSecretName, type Scrubber } from '@tacho/scrub'
import { learnArguments } from './learn-arguments.js'

/** A scrubber with a key of its own that knows the secrets of the host's environment and arguments. */
export function scrubberFor(
  environment: Readonly<Record<string, string | undefined>>,
  argv: readonly string[] = [],
): Scrubber {
  const key = randomBytes(32)
  const scrubber = createScrubber({
    fingerprint: (secret) => createHmac('sha256', key).update(secret).digest('hex').slice(0, 4),
  })
  for (const [name, value] of Object.entries(environment)) {
    // Such a variable may name the file that holds the secret; paths are no secrets.
    if (value === undefined || value.startsWith('/')) continue
    if (isSecretName(name)) scrubber.learn(value, 'environment')
  }
  learnArguments(scrubber, argv)
  return scrubber
}
