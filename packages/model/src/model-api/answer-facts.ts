import type { ApiError } from './api-error.js'

/** What a model's answer says of itself; what it does not say is absent. Tokens as the API counts them. */
export type AnswerFacts = {
  id?: string
  model?: string
  finishReasons?: string[]
  inputTokens?: number
  outputTokens?: number
  cacheReadTokens?: number
  cacheCreationTokens?: number
  reasoningTokens?: number
  /** UTF-16 units of the answer's text that have arrived. */
  textLength?: number
  /** Is given that text, where somebody wants it. */
  onText?: (text: string) => void
  /** The model says no: UTF-16 units of what it says instead of an answer. */
  refusalLength?: number
  /** The API's own error, where the answer is one or ends with one. */
  error?: ApiError
  /** How the answer ended by its own word; absent while its last event has not come. */
  ended?: AnswerEnd
}

/** `completed`: it is all there. `incomplete`: the API stopped early. `failed`: it gave an error. */
export type AnswerEnd = 'completed' | 'incomplete' | 'failed'

/** Sets those facts that are known; what was known before and is not said again stays. */
export function learn(
  facts: AnswerFacts,
  news: { [Key in keyof AnswerFacts]: AnswerFacts[Key] | undefined },
): void {
  const all: Record<string, unknown> = facts
  const told: Record<string, unknown> = news
  // Called for each event: lists of pairs would take longer than the rest.
  for (const key in told) if (told[key] !== undefined) all[key] = told[key]
}

/** Counts text that has arrived. */
export function addText(facts: AnswerFacts, text: string | undefined): void {
  if (text === undefined) return
  facts.textLength = (facts.textLength ?? 0) + text.length
  facts.onText?.(text)
}

/** Counts what a model says instead of an answer. */
export function addRefusal(facts: AnswerFacts, text: string | undefined): void {
  if (text) facts.refusalLength = (facts.refusalLength ?? 0) + text.length
}

/** The answer ends with an error. */
export function fail(facts: AnswerFacts, error: ApiError): void {
  learn(facts, { error, ended: 'failed' })
}
