import { homedir } from 'node:os'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { homePath, isSessionId, ownSessionsRoot } from '@tacho/format'
import { newSessionId } from '../ids.js'
import { unpatched } from './apart/unpatched.js'

/**
 * The folder of this process's session, for the processes and threads that it starts: they join the
 * session, each as a run of its own.
 */
export const SESSION_VARIABLE = 'TACHO_SESSION'

/**
 * The origins at which Tacho's taps listen, separated by commas, in the environment of the tapped
 * agent.
 */
export const TAPPED_VARIABLE = 'TACHO_TAPPED'

/** Returns whether a URL leads to one of Tacho's taps, which records the request itself. */
export function leadsToTap(environment: NodeJS.ProcessEnv): (url: string) => boolean {
  const origins = (environment[TAPPED_VARIABLE] ?? '').split(',').filter((one) => one !== '')
  return (url) =>
    origins.length > 0 && unpatched.canParse(url) && origins.includes(new unpatched.URL(url).origin)
}

/** The location of this process's session. */
export type Place = {
  root: string
  id: string
  /** Whether it was begun by a parent process or an earlier ancestor. */
  isJoined: boolean
}

/** Returns the session named by the environment, or else a new one in the default place. */
export function placeIn(environment: NodeJS.ProcessEnv): Place {
  const named = environment[SESSION_VARIABLE] ?? ''
  const id = basename(named)
  if (isAbsolute(named) && isSessionId(id)) return { root: dirname(named), id, isJoined: true }
  return { root: rootIn(environment), id: newSessionId(Date.now()), isJoined: false }
}

/** Makes child processes join this session. */
export function announce({ root, id }: Place, environment: NodeJS.ProcessEnv): void {
  environment[SESSION_VARIABLE] = join(root, id)
}

// Absolute, because a child may run in another folder.
function rootIn({ TACHO_SESSIONS_DIR: asked, XDG_STATE_HOME: state }: NodeJS.ProcessEnv): string {
  return asked ? resolve(homePath(asked, homedir())) : ownSessionsRoot(state, homedir())
}
