import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { homePath, ownSessionsRoot } from '@tacho/format'

/** Where to look for sessions, besides the places that are looked at anyway. */
export type RootChoice = {
  /** Look here and nowhere else (`--sessions-dir`). */
  directory?: string | undefined
  /** Where the agents keep their sessions, each by its own rules. */
  agents?: readonly string[]
  environment?: Readonly<Record<string, string | undefined>>
  /** The user's home, for the defaults. */
  home?: string
}

/**
 * The folders in which sessions are looked for, in this order, each once: the one that was asked
 * for, and only that; else `TACHO_SESSIONS_DIR`, those of the agents and
 * `$XDG_STATE_HOME/tacho/sessions`. They need not exist. A leading `~/` is the user's home.
 */
export function sessionRoots(choice: RootChoice = {}): string[] {
  const { agents = [], environment = process.env, home = homedir() } = choice
  const whole = (path: string): string => resolve(homePath(path, home))
  if (choice.directory !== undefined) return [whole(choice.directory)]
  const own = environment.TACHO_SESSIONS_DIR
  const roots = [
    ...(own ? [whole(own)] : []),
    ...agents.map((root) => resolve(root)),
    resolve(ownSessionsRoot(environment.XDG_STATE_HOME, home)),
  ]
  return [...new Set(roots)]
}
