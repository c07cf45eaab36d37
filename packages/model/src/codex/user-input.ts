import { list, record } from './values.js'

/** The tool by which the model asks the user (Codex 0.169, in plan mode; refused in any other). */
export const USER_INPUT = 'request_user_input'

/** Returns what came of it, from what the model is told; undefined if the user was not asked. */
export function replyTo(output: string): 'answered' | 'unanswered' | undefined {
  let answers: unknown
  try {
    answers = record(JSON.parse(output)).answers
  } catch {
    // Otherwise it was refused, in words, or cut off because it was long.
    return output.startsWith('{"answers":') ? 'answered' : undefined
  }
  if (answers === undefined) return undefined
  const isAnswered = Object.values(record(answers)).some(
    (one) => list(record(one).answers).length > 0,
  )
  return isAnswered ? 'answered' : 'unanswered'
}
