import { list, record, text, texts } from '../app-server/values.js'
import type { HookQuestion } from './hook-message.js'

/** The tool with which the model asks the user (Codex 0.169, in plan mode; refused in any other). */
export const USER_INPUT = 'request_user_input'

/** What it asks. */
export function userInputOf(input: Record<string, unknown>): HookQuestion {
  const questions = list(input.questions).map(record)
  return {
    kind: 'user-input',
    what: questions.flatMap(({ question }) => text(question) ?? []).join('\n'),
    offered: questions.flatMap(({ options }) =>
      texts(list(options).map((one) => record(one).label)),
    ),
  }
}

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
