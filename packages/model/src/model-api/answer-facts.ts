import type { ApiError } from './api-error.js'

/**
 * What a model's answer says about itself; what it does not say is absent. Tokens are as the API
 * counts them.
 */
export type AnswerFacts = {
  id?: string
  model?: string
  finishReasons?: string[]
  inputTokens?: number
  outputTokens?: number
  cacheReadTokens?: number
  cacheCreationTokens?: number
  reasoningTokens?: number
  /** UTF-16 units of the answer's text so far. */
  textLength?: number
  /** Receives that text, if somebody wants it. */
  onText?: (text: string) => void
  /** The model refuses: UTF-16 units of what it says instead of an answer. */
  refusalLength?: number
  /** The API's own error, if the answer is one or ends with one. */
  error?: ApiError
  /** What came in place of an answer: the title of a page, or the start of a text. */
  page?: string
  /** Part of it is longer than what is read at once: what that part says is unknown. */
  isTooLong?: true
  /** How the answer says that it ended; absent until its last event. */
  ended?: AnswerEnd
}

/** `completed`: it is complete. `incomplete`: the API stopped early. `failed`: it gave an error. */
export type AnswerEnd = 'completed' | 'incomplete' | 'failed'

/** Sets the facts that are known; those known before and not repeated stay. */
export function learn(
  facts: AnswerFacts,
  news: { [Key in keyof AnswerFacts]: AnswerFacts[Key] | undefined },
): void {
  const all: Record<string, unknown> = facts
  const told: Record<string, unknown> = news
  // Called for each event: lists of pairs would cost more than all the rest.
  for (const key in told) if (told[key] !== undefined) all[key] = told[key]
}

/** Counts text that has arrived. */
export function addText(facts: AnswerFacts, text: string | undefined): void {
  if (text === undefined) return
  facts.textLength = (facts.textLength ?? 0) + text.length
  facts.onText?.(text)
}

/** Counts the text of a refusal that has arrived. */
export function addRefusal(facts: AnswerFacts, text: string | undefined): void {
  if (text) facts.refusalLength = (facts.refusalLength ?? 0) + text.length
}

/** Notes that the answer ends with an error. */
export function fail(facts: AnswerFacts, error: ApiError): void {
  learn(facts, { error, ended: 'failed' })
}
