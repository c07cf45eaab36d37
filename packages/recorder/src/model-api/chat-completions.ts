import {
  addText,
  type Json,
  learn,
  type ModelApi,
  numberAt,
  objectAt,
  textAt,
} from './model-api.js'

/** OpenAI's Chat Completions API: https://platform.openai.com/docs/api-reference/chat-streaming */
export const chatCompletionsApi: ModelApi = {
  isRequest: (method, path) => method === 'POST' && path.endsWith('/chat/completions'),
  readEvent(event, facts) {
    for (const choice of choicesOf(event))
      addText(facts, textAt(objectAt(choice, 'delta'), 'content'))
    readCommon(event, facts)
  },
  readResponse(body, facts) {
    for (const choice of choicesOf(body))
      addText(facts, textAt(objectAt(choice, 'message'), 'content'))
    readCommon(body, facts)
  },
}

const readCommon: ModelApi['readResponse'] = (body, facts) => {
  const usage = objectAt(body, 'usage')
  const reasons = choicesOf(body)
    .map((choice) => textAt(choice, 'finish_reason'))
    .filter((reason) => reason !== undefined)
  learn(facts, {
    id: textAt(body, 'id'),
    model: textAt(body, 'model'),
    finishReasons: reasons.length > 0 ? reasons : undefined,
    inputTokens: numberAt(usage, 'prompt_tokens'),
    outputTokens: numberAt(usage, 'completion_tokens'),
    cacheReadTokens: numberAt(objectAt(usage, 'prompt_tokens_details'), 'cached_tokens'),
    reasoningTokens: numberAt(objectAt(usage, 'completion_tokens_details'), 'reasoning_tokens'),
    errorType: textAt(objectAt(body, 'error'), 'code') ?? textAt(objectAt(body, 'error'), 'type'),
  })
}

function choicesOf(body: Json): Json[] {
  return Array.isArray(body.choices)
    ? body.choices.filter((one) => typeof one === 'object' && one !== null)
    : []
}
