import { isSecretName, type Scrubber, type Shape } from '@tacho/scrub'
import { afterwardsScrubber, newFingerprint } from './afterwards-scrubber.js'
import { withoutMail } from './without-mail.js'

/** What identifies a user, apart from secrets. */
export type Personal = {
  home: string
  user: string
  host: string
  /** Replace mail addresses, whoever they belong to. */
  mail: boolean
  /** The current one: the agent's transcript contains values from it that nothing else reveals. */
  environment: Readonly<Record<string, string | undefined>>
  /** The user's own rules. */
  own?: readonly Shape[]
}

/** Makes the scrubber for an archive that others will read. */
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
  // These belong to nobody in particular.
  if (home !== '/' && home !== '/root') scrubber.learn(home, 'home', { isCertain: true })
  return mail ? withoutMail(scrubber, newFingerprint()) : scrubber
}

/** Common names: replacing them would hide nothing, but remove much that matters. */
const COMMON = new Set(['root', 'admin', 'user', 'users', 'localhost', 'node', 'home', 'codex'])

/** The least length of a pattern's fixed prefix. */
const SHORTEST = 3

/** Makes the shape of a name as a word of its own: `adapter` does not contain the name `ada`. */
function nameShape(rule: string, name: string): Shape | undefined {
  if (name.length < SHORTEST || COMMON.has(name.toLowerCase())) return undefined
  const bytes = Buffer.from(name)
  return {
    name: rule,
    patterns: [`${name.replace(/[^A-Za-z0-9]/g, '\\$&')}[A-Za-z0-9]{0,64}`],
    accepts: (found) => bytes.equals(found),
  }
}
