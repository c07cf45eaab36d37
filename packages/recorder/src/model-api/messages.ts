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

/** Anthropic's Messages API: https://docs.anthropic.com/en/api/messages-streaming */
export const messagesApi: ModelApi = {
  isRequest: (method, path) => method === 'POST' && path.endsWith('/messages'),
  readEvent(event, facts) {
    switch (event.type) {
      case 'message_start':
        return this.readResponse(objectAt(event, 'message'), facts)
      case 'content_block_delta':
        return addText(facts, textAt(objectAt(event, 'delta'), 'text'))
      case 'message_delta': {
        readUsage(objectAt(event, 'usage'), facts)
        return readStop(objectAt(event, 'delta'), facts)
      }
      case 'error':
        return learn(facts, { errorType: textAt(objectAt(event, 'error'), 'type') })
    }
  },
  readResponse(body, facts) {
    learn(facts, {
      id: textAt(body, 'id'),
      model: textAt(body, 'model'),
      errorType: textAt(objectAt(body, 'error'), 'type'),
    })
    for (const block of Array.isArray(body.content) ? body.content : [])
      addText(facts, textAt(block as Json, 'text'))
    readUsage(objectAt(body, 'usage'), facts)
    readStop(body, facts)
  },
}

// Anthropic's input tokens leave out what came from the cache; the GenAI conventions count it in.
function readUsage(usage: Json, facts: ResponseFacts): void {
  const uncached = numberAt(usage, 'input_tokens')
  const cacheReadTokens = numberAt(usage, 'cache_read_input_tokens')
  const cacheCreationTokens = numberAt(usage, 'cache_creation_input_tokens')
  learn(facts, {
    inputTokens:
      uncached === undefined
        ? undefined
        : uncached + (cacheReadTokens ?? 0) + (cacheCreationTokens ?? 0),
    outputTokens: numberAt(usage, 'output_tokens'),
    cacheReadTokens,
    cacheCreationTokens,
  })
}

function readStop(delta: Json, facts: ResponseFacts): void {
  const reason = textAt(delta, 'stop_reason')
  learn(facts, { finishReasons: reason === undefined ? undefined : [reason] })
}
