import { type AnswerFacts, addRefusal, addText, fail, learn } from './answer-facts.js'
import { apiErrorOf, hasError } from './api-error.js'
import { ASKS_BY } from './asks-model.js'
import { finishOf } from './finish-reasons.js'
import { type Json, numberAt, objectAt, objectsAt, textAt } from './json.js'
import type { ModelApi } from './model-api.js'

/** OpenAI's Chat Completions API: https://platform.openai.com/docs/api-reference/chat-streaming */
export const chatCompletionsApi: ModelApi = {
  isRequest: ASKS_BY.chatCompletions,
  // Its events have no names.
  tells: () => 'anything',
  readEvent: (event, facts) => readChoices(event, 'delta', facts),
  readAnswer: (body, facts) => readChoices(body, 'message', facts),
}

function readChoices(body: Json, member: 'delta' | 'message', facts: AnswerFacts): void {
  const usage = objectAt(body, 'usage')
  const choices = objectsAt(body, 'choices')
  const reasons = choices.flatMap((choice) => textAt(choice, 'finish_reason') ?? [])
  for (const choice of choices) {
    const said = objectAt(choice, member)
    addText(facts, textAt(said, 'content'))
    addRefusal(facts, textAt(said, 'refusal'))
  }
  learn(facts, {
    id: textAt(body, 'id'),
    model: textAt(body, 'model'),
    finishReasons: reasons.length > 0 ? reasons : undefined,
    inputTokens: numberAt(usage, 'prompt_tokens'),
    outputTokens: numberAt(usage, 'completion_tokens'),
    cacheReadTokens: numberAt(objectAt(usage, 'prompt_tokens_details'), 'cached_tokens'),
    reasoningTokens: numberAt(objectAt(usage, 'completion_tokens_details'), 'reasoning_tokens'),
    ended: finishOf(reasons),
  })
  // Older versions of vLLM send the error itself in place of an event or an answer.
  if (hasError(body) || body.object === 'error') fail(facts, apiErrorOf(body))
}
