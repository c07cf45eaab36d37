import { list, record } from './values.js'

/** The tool with which the model asks the user (Codex 0.169, in plan mode; refused in any other). */
export const USER_INPUT = 'request_user_input'

/** What came of it, by what the model is told; nothing where the user was not asked. */
export function replyTo(output: string): 'answered' | 'unanswered' | undefined {
  let answers: unknown
  try {
    answers = record(JSON.parse(output)).answers
  } catch {
    // Refused, in words; or cut off, since it was long.
    return output.startsWith('{"answers":') ? 'answered' : undefined
  }
  if (answers === undefined) return undefined
  const isAnswered = Object.values(record(answers)).some(
    (one) => list(record(one).answers).length > 0,
  )
  return isAnswered ? 'answered' : 'unanswered'
}
