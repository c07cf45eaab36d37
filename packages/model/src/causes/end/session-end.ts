import type { SessionEnd } from '../cause.js'
import type { SessionCase } from '../session-case.js'
import { deathOf } from './death.js'
import { goingOn } from './going-on.js'
import { endOfRun } from './run-end.js'

/** How a session ended, by its last run; or how it stands. */
export function sessionEnd(session: SessionCase): SessionEnd {
  if (session.ended === 'running') return goingOn(session)
  return session.ended === 'died' ? deathOf(session) : endOfRun(session)
}
