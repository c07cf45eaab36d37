import type { Explanation } from './explain-session.js'

/** Returns the sentence to say first: the main cause or, without one, how the session ended. */
export function verdictOf({ end, causes }: Pick<Explanation, 'end' | 'causes'>): string {
  const [main] = causes
  if (main !== undefined) return main.sentence
  if (end.code === 'clean') return `${end.sentence} Nothing that was recorded went wrong.`
  return end.sentence
}
