import { type AnswerFacts, fail, learn } from './answer-facts.js'
import { apiErrorOf, hasError } from './api-error.js'
import { ASKS_BY } from './asks-model.js'
import { type Json, numberAt, objectAt, textAt } from './json.js'
import type { ModelApi } from './model-api.js'

/**
 * OpenAI's Images API, which Codex uses for pictures:
 * https://platform.openai.com/docs/api-reference/images
 */
export const imagesApi: ModelApi = {
  isRequest: ASKS_BY.images,
  tells: (event) => (event.endsWith('.partial_image') ? 'nothing' : 'anything'),
  readEvent(event, facts) {
    if (event.type === 'error') fail(facts, apiErrorOf(event))
    else if (ENDS.has(textAt(event, 'type') ?? '')) readEnd(event, facts)
  },
  readAnswer(body, facts) {
    if (Array.isArray(body.data)) readEnd(body, facts)
    if (hasError(body)) fail(facts, apiErrorOf(body))
  },
}

const ENDS = new Set(['image_generation.completed', 'image_edit.completed'])

function readEnd(end: Json, facts: AnswerFacts): void {
  const usage = objectAt(end, 'usage')
  learn(facts, {
    inputTokens: numberAt(usage, 'input_tokens'),
    outputTokens: numberAt(usage, 'output_tokens'),
    ended: 'completed',
  })
}
