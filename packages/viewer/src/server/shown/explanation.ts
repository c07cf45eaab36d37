import { type ToldExplanation, unreadOf, verdictOf } from '@tacho/reader'
import type { Cause, ExplanationAnswer } from '../../api/answers.js'

/** Returns how a session ended and why, with the evidence. */
export function shownExplanation(told: ToldExplanation): ExplanationAnswer {
  const { end, causes, notes, session } = told
  const unread = unreadOf(told)
  return {
    ended: end.code,
    sentence: verdictOf(told),
    causes: [...causes, ...notes].map(shownCause),
    ...(unread !== undefined && { unread }),
    damage: session.damage.map(({ file, line, lines, reason }) => ({
      file,
      ...(line !== undefined && { line }),
      lines,
      reason,
    })),
  }
}

function shownCause(cause: ToldExplanation['causes'][number]): Cause {
  const { code, certainty, weight, exchange, tool, approval, evidence, sentence, next } = cause
  return {
    code,
    certainty,
    weight,
    evidence,
    sentence,
    next,
    ...(exchange !== undefined && { exchange }),
    ...(tool !== undefined && { tool }),
    ...(approval !== undefined && { approval }),
  }
}
