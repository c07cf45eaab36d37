import type { SessionEnd } from '../cause.js'
import type { SessionCase } from '../session-case.js'
import { deathOf } from './death.js'
import { goingOn } from './going-on.js'
import { endOfRun } from './run-end.js'

/** Returns how a session ended, from its last run, or what state it is in. */
export function sessionEnd(session: SessionCase): SessionEnd {
  if (session.ended === 'running') return goingOn(session)
  return session.ended === 'died' ? deathOf(session) : endOfRun(session)
}
