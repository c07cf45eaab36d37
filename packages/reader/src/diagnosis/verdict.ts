import { isLimit } from '../damage.js'
import type { ToldExplanation } from './kept-explanation.js'

/** What there is to say about a session, as far as its verdict needs it. */
export type Told = Pick<ToldExplanation, 'end' | 'causes' | 'unreadAnswers'> & {
  session: Pick<ToldExplanation['session'], 'damage'>
}

/** Returns the sentence to say first: the main cause or, without one, how the session ended. */
export function verdictOf(told: Told): string {
  const { end, causes } = told
  const [main] = causes
  if (main !== undefined) return main.sentence
  if (end.code !== 'clean') return end.sentence
  const unread = unreadOf(told)
  return unread === undefined
    ? `${end.sentence} Nothing that was recorded went wrong.`
    : `${end.sentence} Nothing that was read went wrong: ${unread}.`
}

/**
 * Returns, in words, what of a long session was not read in order to explain it; undefined if all
 * of it was.
 */
export function unreadOf({ session, unreadAnswers }: Told): string | undefined {
  if (session.damage.some(isLimit)) return 'the session is too long to be read whole'
  if (unreadAnswers === undefined) return undefined
  return `the session is long, and of ${unreadAnswers} answers in the middle, only how they ended was read`
}
