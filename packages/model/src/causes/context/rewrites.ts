import type { Message } from '../../conversation/index.js'
import type { Cause } from '../cause.js'
import type { SessionCase } from '../session-case.js'
import { countWords, shortText } from '../words.js'
import { compactionBefore, type Pair, pairs } from './steps.js'

/** Returns requests whose history differs from that of the one before, for no known reason. */
export function rewrites(session: SessionCase): Cause[] {
  const found = rewritten(session)
  const [first] = found
  if (first === undefined) return []
  const { step, call, before, isSameRun } = first
  const [gone] = step.dropped
  return [
    {
      code: 'history-rewritten',
      certainty: 'certain',
      exchange: call.number,
      clues: found.slice(0, 3).map((one) => ({
        at: one.step.place,
        text: `exchange ${one.call.number}: message ${one.step.sharedMessages + 1} is not that of exchange ${one.before.number}`,
      })),
      sentence: `Exchange ${call.number} did not continue the history of exchange ${before.number}: from message ${step.sharedMessages + 1} on ${countWords(step.dropped.length, 'message')} ${step.dropped.length === 1 ? 'is' : 'are'} gone or changed, the first of ${gone?.role ?? 'an unknown role'}: ${shortText(textOf(gone), 80)}`,
      next: `See the difference: tacho diff ${session.id} ${before.number} ${call.number}. Editors and plugins that change what was said lose the prompt cache.`,
      weight: isSameRun ? 'trouble' : 'note',
    },
  ]
}

/** Returns pairs of requests between which the history was rewritten, but not shortened. */
export function rewritten(session: SessionCase): Pair[] {
  return pairs(session).filter(
    (pair) =>
      pair.step.dropped.length > 0 &&
      compactionBefore(session, pair) === undefined &&
      !isOtherTalk(pair) &&
      !isShortened(pair) &&
      !isTakenBack(pair) &&
      !areInstructions(pair),
  )
}

/** Returns whether most of it is gone, with a text in its place: a compaction, whoever made it. */
export function isShortened(pair: Pair): boolean {
  const { step, before } = pair
  const { dropped, added, sharedMessages, bytes } = step
  const isMost = dropped.length > sharedMessages && dropped.length >= 4
  const isSmaller = bytes < (before.requestBytes ?? 0) * 0.7
  return isMost && added.length < dropped.length && isSmaller && !isOtherTalk(pair)
}

// A user goes back in the conversation, or rephrases a request that was not answered: what is gone
// was at its end, and nothing built on it.
function isTakenBack({ step, before }: Pair): boolean {
  const isUnanswered = before.outcome !== 'completed'
  return (
    isUnanswered || (step.dropped.length > 0 && step.added.every(({ role }) => role === 'user'))
  )
}

/** Returns whether only the instructions changed, in an API that has them among its messages. */
export function areInstructions({ step: { dropped, added } }: Pair): boolean {
  const [first] = dropped
  if (!INSTRUCTING.test(first?.role ?? '')) return false
  return dropped.slice(1).every((message, index) => isSame(message, added[index + 1]))
}

/**
 * Returns whether two requests have nothing in common, neither instructions nor a message: a
 * program that names no threads also asks for a title, a summary or a commit message. Or it gives
 * one task to several roles, each with instructions of its own, in which no model has spoken yet.
 */
export function isOtherTalk(pair: Pair): boolean {
  const { dropped, added, sharedMessages, tools, changed } = pair.step
  if (isOfOtherRole(pair)) return true
  const [first] = dropped
  if (sharedMessages > 0 || first === undefined) return false
  const isOfOthers = tools !== undefined || changed.length > 0 || INSTRUCTING.test(first.role)
  return isOfOthers && !dropped.some((message) => added.some((one) => isSame(message, one)))
}

const INSTRUCTING = /^(?:system|developer)$/
const INSTRUCTIONS = /^(?:instructions|system|system_?instruction)$/i

// An agent that names its threads says itself what belongs together.
function isOfOtherRole({ step }: Pair): boolean {
  const { threadId, dropped, added, sharedMessages, changed } = step
  const [first] = dropped
  const hasOthers =
    changed.some((member) => INSTRUCTIONS.test(member)) || INSTRUCTING.test(first?.role ?? '')
  const isBeginning = sharedMessages <= 1 && added.every(({ role }) => !SPOKEN.test(role))
  return threadId === undefined && hasOthers && isBeginning
}

const SPOKEN = /^(?:assistant|model|tool)$/

function isSame(one: Message, other: Message | undefined): boolean {
  return one.role === other?.role && JSON.stringify(one.parts) === JSON.stringify(other.parts)
}

function textOf(message: Message | undefined): string {
  const part = message?.parts.find((one) => one.type === 'text')
  return part?.type === 'text' ? part.text : (message?.parts[0]?.type ?? 'nothing')
}
