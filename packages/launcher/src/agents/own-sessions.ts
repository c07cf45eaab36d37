import { homedir } from 'node:os'
import { dirname } from 'node:path'
import { ownSessionsRoot } from '@tacho/format'

/** Returns the sessions folder for programs that have none of their own. */
export function ownSessions(environment: NodeJS.ProcessEnv): string {
  return ownSessionsRoot(environment.XDG_STATE_HOME, environment.HOME || homedir())
}

/** Returns Tacho's folder that contains it; without a session, the log goes to `log/` in it. */
export function ownFolder(environment: NodeJS.ProcessEnv): string {
  return dirname(ownSessions(environment))
}
