import type { Explanation } from './explain-session.js'

/** What is to be said first, in one sentence: the main cause, or how it ended where there is none. */
export function verdictOf({ end, causes }: Pick<Explanation, 'end' | 'causes'>): string {
  const [main] = causes
  if (main !== undefined) return main.sentence
  if (end.code === 'clean') return `${end.sentence} Nothing that was recorded went wrong.`
  return end.sentence
}
