import {
  type AnswerEnd,
  type AnswerFacts,
  addRefusal,
  addText,
  fail,
  learn,
} from './answer-facts.js'
import { apiErrorOf, hasError } from './api-error.js'
import { ASKS_BY } from './asks-model.js'
import { type Json, numberAt, objectAt, objectsAt, textAt } from './json.js'
import type { ModelApi } from './model-api.js'

// Codex up to 0.100 requests summaries of conversations and memories on paths of their own.

/** OpenAI's Responses API: https://platform.openai.com/docs/api-reference/responses-streaming */
export const responsesApi: ModelApi = {
  isRequest: ASKS_BY.responses,
  // Events about the answer have names of two words; those about its parts, of three.
  tells: (event) => {
    if (event === TEXT_DELTA) return 'text'
    return /^response\.\w+\./.test(event) ? 'nothing' : 'anything'
  },
  endedBy: (type) => ENDS.get(type),
  readEvent(event, facts) {
    const type = textAt(event, 'type') ?? ''
    const response = objectAt(event, 'response')
    if (type === TEXT_DELTA) addText(facts, textAt(event, 'delta'))
    else if (type === REFUSAL_DELTA) addRefusal(facts, textAt(event, 'delta'))
    else if (type === 'error') fail(facts, apiErrorOf(event))
    else if (type === 'response.done') readEnd(response, endOf(response) ?? 'completed', facts)
    else if (ENDS.has(type)) readEnd(response, ENDS.get(type), facts)
    else readHead(response, facts)
  },
  readAnswer: (body, facts) => readEnd(body, endOf(body), facts),
}

const TEXT_DELTA = 'response.output_text.delta'
const REFUSAL_DELTA = 'response.refusal.delta'

/** The events that end an answer, and how. */
const ENDS = new Map<string, AnswerEnd>([
  ['response.completed', 'completed'],
  ['response.incomplete', 'incomplete'],
  ['response.cancelled', 'incomplete'],
  ['response.failed', 'failed'],
])

// A compaction has no status: either it is there or it is not.
function endOf(response: Json): AnswerEnd | undefined {
  const status = textAt(response, 'status')
  if (status === undefined) return Array.isArray(response.output) ? 'completed' : undefined
  return ENDS.get(`response.${status}`)
}

function readHead(response: Json, facts: AnswerFacts): void {
  learn(facts, { id: textAt(response, 'id'), model: textAt(response, 'model') })
}

function readEnd(response: Json, end: AnswerEnd | undefined, facts: AnswerFacts): void {
  readHead(response, facts)
  const usage = objectAt(response, 'usage')
  const status = textAt(response, 'status')
  learn(facts, {
    finishReasons: finishReasons(response, status),
    inputTokens: numberAt(usage, 'input_tokens'),
    outputTokens: numberAt(usage, 'output_tokens'),
    cacheReadTokens: numberAt(objectAt(usage, 'input_tokens_details'), 'cached_tokens'),
    reasoningTokens: numberAt(objectAt(usage, 'output_tokens_details'), 'reasoning_tokens'),
    ended: end,
  })
  if (hasError(response)) fail(facts, apiErrorOf({ error: response.error }))
  // The event that ends an answer repeats its text.
  const isTextRead = facts.textLength !== undefined
  const isRefusalRead = facts.refusalLength !== undefined
  if (!isTextRead || !isRefusalRead) readTexts(response, facts, { isTextRead, isRefusalRead })
}

// The Responses API has no finish reason: the status says how the response ended and, if that is
// `incomplete`, the details say why.
function finishReasons(response: Json, status: string | undefined): string[] | undefined {
  if (status === undefined || status === 'in_progress' || status === 'queued') return undefined
  return [textAt(objectAt(response, 'incomplete_details'), 'reason') ?? status]
}

function readTexts(
  response: Json,
  facts: AnswerFacts,
  { isTextRead, isRefusalRead }: { isTextRead: boolean; isRefusalRead: boolean },
): void {
  for (const item of objectsAt(response, 'output'))
    for (const part of objectsAt(item, 'content')) {
      if (part.type === 'output_text' && !isTextRead) addText(facts, textAt(part, 'text'))
      if (part.type === 'refusal' && !isRefusalRead) addRefusal(facts, textAt(part, 'refusal'))
    }
}
