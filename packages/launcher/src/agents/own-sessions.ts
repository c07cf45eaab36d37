import { homedir } from 'node:os'
import { dirname } from 'node:path'
import { ownSessionsRoot } from '@tacho/format'

/** Where sessions are kept of programs that have no folder of their own for them. */
export function ownSessions(environment: NodeJS.ProcessEnv): string {
  return ownSessionsRoot(environment.XDG_STATE_HOME, environment.HOME || homedir())
}

/** The folder of Tacho's that holds it: what is logged without a session goes to `log/` in it. */
export function ownFolder(environment: NodeJS.ProcessEnv): string {
  return dirname(ownSessions(environment))
}
