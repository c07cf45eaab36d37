import type { Cause } from '../cause.js'
import type { SessionCase } from '../session-case.js'
import { shortText } from '../words.js'
import { isOtherTalk } from './rewrites.js'
import { pairs } from './steps.js'

/** Returns where the model was offered other tools in the middle of a conversation. */
export function toolsChanges(session: SessionCase): Cause[] {
  const changes = pairs(session).filter(
    (pair) => pair.step.tools !== undefined && !isOtherTalk(pair),
  )
  const [first] = changes
  if (first === undefined) return []
  const { step, call, before } = first
  const { added = [], removed = [], changed = [] } = step.tools ?? {}
  const parts = [
    ...(added.length > 0 ? [`${shortText(added.join(', '), 80)} came`] : []),
    ...(removed.length > 0 ? [`${shortText(removed.join(', '), 80)} went`] : []),
    ...(changed.length > 0 ? [`${shortText(changed.join(', '), 80)} changed`] : []),
  ]
  const what = parts.length > 0 ? parts.join('; ') : 'their order'
  return [
    {
      code: 'tools-changed',
      certainty: 'certain',
      exchange: call.number,
      clues: changes.slice(0, 3).map((one) => ({
        at: one.step.place,
        text: `exchange ${one.call.number}: not the tools of exchange ${one.before.number}`,
      })),
      sentence: `The model was offered other tools from exchange ${call.number} on: ${what}. What is cached of a prompt begins with its tools.`,
      next: `See the difference: tacho diff ${session.id} ${before.number} ${call.number}. An MCP server that comes late or goes away changes the list.`,
      // A new run may be given other tools.
      weight: changes.some(({ isSameRun }) => isSameRun) ? 'trouble' : 'note',
    },
  ]
}
