import { homedir } from 'node:os'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { homePath, isSessionId, ownSessionsRoot } from '@tacho/format'
import { newSessionId } from '../ids.js'
import { unpatched } from './apart/unpatched.js'

/**
 * Names the folder of the session that this process belongs to, for the processes and threads that it
 * starts: they join it, each as a run of its own.
 */
export const SESSION_VARIABLE = 'TACHO_SESSION'

/**
 * Names the origins at which taps of ours listen, in the environment of the agent that they tap,
 * separated by commas.
 */
export const TAPPED_VARIABLE = 'TACHO_TAPPED'

/** Whether a URL leads to a tap of ours, which records what goes there. */
export function leadsToTap(environment: NodeJS.ProcessEnv): (url: string) => boolean {
  const origins = (environment[TAPPED_VARIABLE] ?? '').split(',').filter((one) => one !== '')
  return (url) =>
    origins.length > 0 && unpatched.canParse(url) && origins.includes(new unpatched.URL(url).origin)
}

/** Where the session of this process is. */
export type Place = {
  root: string
  id: string
  /** It was begun by the process that started us, or by one before that. */
  isJoined: boolean
}

/** The session that the environment names; where it names none, one of our own in the usual place. */
export function placeIn(environment: NodeJS.ProcessEnv): Place {
  const named = environment[SESSION_VARIABLE] ?? ''
  const id = basename(named)
  if (isAbsolute(named) && isSessionId(id)) return { root: dirname(named), id, isJoined: true }
  return { root: rootIn(environment), id: newSessionId(Date.now()), isJoined: false }
}

/** Has what this process starts join its session. */
export function announce({ root, id }: Place, environment: NodeJS.ProcessEnv): void {
  environment[SESSION_VARIABLE] = join(root, id)
}

// Absolute, because a child may work in another folder.
function rootIn({ TACHO_SESSIONS_DIR: asked, XDG_STATE_HOME: state }: NodeJS.ProcessEnv): string {
  return asked ? resolve(homePath(asked, homedir())) : ownSessionsRoot(state, homedir())
}
