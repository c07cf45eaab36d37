import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { homePath, ownSessionsRoot } from '@tacho/format'

/** Where to look for sessions, apart from the default places. */
export type RootChoice = {
  /** Only look here (`--sessions-dir`). */
  directory?: string | undefined
  /** Where the agents keep their sessions, each by its own rules. */
  agents?: readonly string[]
  environment?: Readonly<Record<string, string | undefined>>
  /** The user's home, for the defaults. */
  home?: string
}

/**
 * Returns the folders in which to look for sessions, in order, each once: only the one asked for,
 * if any; else `TACHO_SESSIONS_DIR`, those of the agents and `$XDG_STATE_HOME/tacho/sessions`. They
 * need not exist. A leading `~/` means the user's home.
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
