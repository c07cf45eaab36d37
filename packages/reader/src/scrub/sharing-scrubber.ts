import { isSecretName, type Scrubber, type Shape } from '@tacho/scrub'
import { afterwardsScrubber, newFingerprint } from './afterwards-scrubber.js'
import { withoutMail } from './without-mail.js'

/** What tells who a user is, beside secrets. */
export type Personal = {
  home: string
  user: string
  host: string
  /** Mail addresses are taken out, whoever they belong to. */
  mail: boolean
  /** Of today: the agent's transcript has values from it that nothing else tells. */
  environment: Readonly<Record<string, string | undefined>>
  /** The user's own rules. */
  own?: readonly Shape[]
}

/** The scrubber of an archive that others will read. */
export function sharingScrubber({
  home,
  user,
  host,
  mail,
  environment,
  own = [],
}: Personal): Scrubber {
  const shapes = [nameShape('user', user), nameShape('host', host)].filter(
    (shape) => shape !== undefined,
  )
  const scrubber = afterwardsScrubber([], [...own, ...shapes])
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && isSecretName(name)) scrubber.learn(value, 'environment')
  }
  // These are nobody's own.
  if (home !== '/' && home !== '/root') scrubber.learn(home, 'home', { isCertain: true })
  return mail ? withoutMail(scrubber, newFingerprint()) : scrubber
}

/** Names that are everybody's: to replace them would hide nothing, and much that matters. */
const COMMON = new Set(['root', 'admin', 'user', 'users', 'localhost', 'node', 'home', 'codex'])

/** What a pattern must begin with. */
const SHORTEST = 3

/** A name as a word of its own: `ada` is none in `adapter`. */
function nameShape(rule: string, name: string): Shape | undefined {
  if (name.length < SHORTEST || COMMON.has(name.toLowerCase())) return undefined
  const bytes = Buffer.from(name)
  return {
    name: rule,
    patterns: [`${name.replace(/[^A-Za-z0-9]/g, '\\$&')}[A-Za-z0-9]{0,64}`],
    accepts: (found) => bytes.equals(found),
  }
}
