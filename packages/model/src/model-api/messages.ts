import { type AnswerFacts, addText, fail, learn } from './answer-facts.js'
import { apiErrorOf, hasError } from './api-error.js'
import { ASKS_BY } from './asks-model.js'
import { bedrockModel } from './bedrock-model.js'
import { decoded } from './decoded.js'
import { finishOf } from './finish-reasons.js'
import { type Json, numberAt, objectAt, objectsAt, textAt } from './json.js'
import type { ModelApi } from './model-api.js'

/** Anthropic's Messages API: https://docs.anthropic.com/en/api/messages-streaming */
export const messagesApi: ModelApi = {
  isRequest: ASKS_BY.messages,
  pathFacts(path) {
    const bedrock = bedrockModel(path)
    if (bedrock !== undefined) return { model: bedrock, stream: path.endsWith('stream') }
    const [, named, ending = ''] = NAMES_MODEL.exec(path) ?? []
    if (named === undefined) return {}
    return { model: decoded(named), stream: ending.startsWith('stream') }
  },
  // A delta is text, thought, or a tool's input; a block starts with what it is.
  tells: () => 'anything',
  readEvent(event, facts) {
    switch (event.type) {
      case 'message_start':
        return readHead(objectAt(event, 'message'), facts)
      case 'content_block_delta':
        return addText(facts, textAt(objectAt(event, 'delta'), 'text'))
      case 'message_delta': {
        readUsage(objectAt(event, 'usage'), facts)
        return readStop(objectAt(event, 'delta'), facts)
      }
      case 'message_stop':
        return learn(facts, { ended: facts.ended ?? 'completed' })
      case 'error':
        return fail(facts, apiErrorOf(event))
    }
  },
  readAnswer(body, facts) {
    readHead(body, facts)
    for (const block of objectsAt(body, 'content')) addText(facts, textAt(block, 'text'))
    readStop(body, facts)
    if (hasError(body)) fail(facts, apiErrorOf(body))
  },
}

/** Like Amazon Bedrock's, Vertex AI's paths name the model, and the bodies do not. */
const NAMES_MODEL = /\/models\/([^/]+?):(streamRawPredict|rawPredict)$/

function readHead(message: Json, facts: AnswerFacts): void {
  learn(facts, { id: textAt(message, 'id'), model: textAt(message, 'model') })
  readUsage(objectAt(message, 'usage'), facts)
}

// Anthropic's input tokens exclude those from the cache; the GenAI conventions include them. An
// event that updates one of them need not repeat the others.
function readUsage(usage: Json, facts: AnswerFacts): void {
  const { inputTokens, cacheReadTokens: read, cacheCreationTokens: creation } = facts
  const cacheReadTokens = numberAt(usage, 'cache_read_input_tokens') ?? read
  const cacheCreationTokens = numberAt(usage, 'cache_creation_input_tokens') ?? creation
  const before = inputTokens === undefined ? undefined : inputTokens - sum(read, creation)
  const uncached = numberAt(usage, 'input_tokens') ?? before
  learn(facts, {
    inputTokens:
      uncached === undefined ? undefined : uncached + sum(cacheReadTokens, cacheCreationTokens),
    outputTokens: numberAt(usage, 'output_tokens'),
    cacheReadTokens,
    cacheCreationTokens,
  })
}

function sum(...tokens: (number | undefined)[]): number {
  return tokens.reduce<number>((total, some) => total + (some ?? 0), 0)
}

function readStop(delta: Json, facts: AnswerFacts): void {
  const reason = textAt(delta, 'stop_reason')
  if (reason === undefined) return
  learn(facts, { finishReasons: [reason], ended: finishOf([reason]) })
}
