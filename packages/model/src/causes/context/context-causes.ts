import type { Cause } from '../cause.js'
import type { SessionCase } from '../session-case.js'
import { cacheLosses } from './cache-losses.js'
import { compactions } from './compactions.js'
import { modelChanges } from './model-changes.js'
import { rewrites } from './rewrites.js'
import { tokenJumps } from './token-jumps.js'
import { toolsChanges } from './tools-changes.js'

/** Returns what happened to the conversation that the model was given. */
export function contextCauses(session: SessionCase): Cause[] {
  return [
    ...modelChanges(session),
    ...toolsChanges(session),
    ...rewrites(session),
    ...compactions(session),
    ...tokenJumps(session),
    ...cacheLosses(session),
  ]
}
