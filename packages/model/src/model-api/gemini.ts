import { type AnswerFacts, addText, fail, learn } from './answer-facts.js'
import { apiErrorOf, hasError } from './api-error.js'
import { ASKS_BY } from './asks-model.js'
import { decoded } from './decoded.js'
import { finishOf } from './finish-reasons.js'
import { asObject, type Json, numberAt, objectAt, objectsAt, textAt } from './json.js'
import type { ModelApi } from './model-api.js'

/**
 * Google's Gemini API: https://ai.google.dev/api/generate-content, also under Vertex AI's paths. If
 * Gemini CLI is logged in with Google, the answer is in a member `response`.
 */
export const geminiApi: ModelApi = {
  isRequest: ASKS_BY.gemini,
  pathFacts(path) {
    const colon = path.lastIndexOf(':')
    const [kind, named] = path.slice(0, Math.max(0, colon)).split('/').slice(-2)
    const [model] = kind === 'models' ? (named?.split(':') ?? []) : []
    return {
      ...(model && { model: decoded(model) }),
      stream: path.slice(colon + 1) === 'streamGenerateContent',
    }
  },
  // Its events have no names.
  tells: () => 'anything',
  readEvent: readResponse,
  // Without `alt=sse` a stream is one list of what would be its events.
  readAnswer(body, facts) {
    const parts = Array.isArray(body) ? body : [body]
    for (const part of parts) readResponse(asObject(part) ?? {}, facts)
  },
}

function readResponse(told: Json, facts: AnswerFacts): void {
  const response = asObject(told.response) ?? told
  const usage = objectAt(response, 'usageMetadata')
  const thoughts = numberAt(usage, 'thoughtsTokenCount')
  const said = numberAt(usage, 'candidatesTokenCount')
  const candidates = objectsAt(response, 'candidates')
  const reasons = candidates.flatMap((one) => textAt(one, 'finishReason') ?? [])
  const blocked = textAt(objectAt(response, 'promptFeedback'), 'blockReason')
  for (const candidate of candidates)
    for (const part of objectsAt(objectAt(candidate, 'content'), 'parts'))
      if (part.thought !== true) addText(facts, textAt(part, 'text'))
  const finishReasons = blocked === undefined ? reasons : [...reasons, blocked]
  learn(facts, {
    id: textAt(response, 'responseId'),
    model: textAt(response, 'modelVersion'),
    finishReasons: finishReasons.length > 0 ? finishReasons : undefined,
    inputTokens: numberAt(usage, 'promptTokenCount'),
    // The candidates' tokens exclude thoughts; the GenAI conventions include them.
    outputTokens: said === undefined ? undefined : said + (thoughts ?? 0),
    cacheReadTokens: numberAt(usage, 'cachedContentTokenCount'),
    reasoningTokens: thoughts,
    // A blocked prompt has no candidates, and nothing more follows.
    ended: blocked === undefined ? finishOf(reasons) : 'incomplete',
  })
  if (hasError(told)) fail(facts, apiErrorOf({ error: told.error }))
}
