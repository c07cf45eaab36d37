import {
  addText,
  type Json,
  learn,
  type ModelApi,
  numberAt,
  objectAt,
  type ResponseFacts,
  textAt,
} from './model-api.js'

/** OpenAI's Responses API: https://platform.openai.com/docs/api-reference/responses-streaming */
export const responsesApi: ModelApi = {
  isRequest: (method, path) => method === 'POST' && path.endsWith('/responses'),
  textEvent: 'event: response.output_text.delta\n',
  readEvent(event, facts) {
    if (LAST_EVENTS.has(String(event.type))) facts.hasEnded = true
    if (event.type === 'response.output_text.delta') addText(facts, textAt(event, 'delta'))
    else if (event.type === 'error') learn(facts, { errorType: errorOf(event) })
    else if (typeof event.response === 'object')
      this.readResponse(objectAt(event, 'response'), facts)
  },
  readResponse(body, facts) {
    const usage = objectAt(body, 'usage')
    learn(facts, {
      id: textAt(body, 'id'),
      model: textAt(body, 'model'),
      finishReasons: finishReasons(body),
      inputTokens: numberAt(usage, 'input_tokens'),
      outputTokens: numberAt(usage, 'output_tokens'),
      cacheReadTokens: numberAt(objectAt(usage, 'input_tokens_details'), 'cached_tokens'),
      reasoningTokens: numberAt(objectAt(usage, 'output_tokens_details'), 'reasoning_tokens'),
      errorType: errorType(body),
    })
  },
}

const LAST_EVENTS = new Set([
  'response.completed',
  'response.failed',
  'response.incomplete',
  'error',
])

// In a stream of events its members stand in the event; over a WebSocket in `error`.
function errorOf(event: Json): string {
  return textAt(event, 'code') ?? errorType(event) ?? 'error'
}

// The Responses API has no finish reason: its status says how the response ended, and where that
// is `incomplete`, the details say why.
function finishReasons(body: Json): string[] | undefined {
  const status = textAt(body, 'status')
  if (status === undefined || status === 'in_progress' || status === 'queued') return undefined
  return [textAt(objectAt(body, 'incomplete_details'), 'reason') ?? status]
}

function errorType(body: Json): ResponseFacts['errorType'] {
  const error = objectAt(body, 'error')
  return textAt(error, 'code') ?? textAt(error, 'type')
}
