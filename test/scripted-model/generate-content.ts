import type { ModelApi } from './api.js'
import type { Reply } from './reply.js'

/**
 * Google's Gemini API. An answer is one object; streamed, through a separate method, it is one
 * object of the same shape for each delta, and one with the calls, the finish reason and the usage.
 *
 * Source: ai.google.dev/api/generate-content
 */
export const generateContentApi: ModelApi = {
  name: 'generate-content',
  path: ':generateContent',
  sideSchema,
  events,
  whole: (reply) => lastOf(reply, reply.deltas.length > 0 ? [{ text: reply.deltas.join('') }] : []),
  error: (status, message) => ({ error: { code: status, message, status: statusWord(status) } }),
}

export const streamGenerateContentApi: ModelApi = {
  ...generateContentApi,
  path: ':streamGenerateContent',
  streams: true,
}

// Beside a turn, Gemini CLI 0.61 asks which model should answer it, with a schema for that.
function sideSchema({ generationConfig }: Record<string, unknown>): unknown {
  if (typeof generationConfig !== 'object' || generationConfig === null) return undefined
  return (generationConfig as Record<string, unknown>).responseJsonSchema
}

function* events(reply: Reply): Iterable<string> {
  for (const text of reply.deltas) yield event({ candidates: [candidate([{ text }])] })
  if (reply.failed !== undefined) {
    const { code, message } = reply.failed
    yield event({ error: { code: 500, message, status: code } })
    return
  }
  yield event(lastOf(reply, []))
}

function event(value: object): string {
  return `data: ${JSON.stringify(value)}\r\n\r\n`
}

function lastOf(reply: Reply, said: object[]): object {
  const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = reply.usage
  const calls = reply.calls.map(({ name, arguments: args, callId }) => ({
    functionCall: { id: callId, name, args: JSON.parse(args) },
  }))
  return {
    candidates: [{ ...candidate([...said, ...calls]), finishReason: 'STOP' }],
    usageMetadata: {
      promptTokenCount: inputTokens,
      cachedContentTokenCount: cachedInputTokens,
      candidatesTokenCount: outputTokens,
      thoughtsTokenCount: reasoningTokens,
      totalTokenCount: inputTokens + outputTokens + reasoningTokens,
    },
    modelVersion: reply.model,
    responseId: `answer-${reply.key}`,
  }
}

function candidate(parts: object[]): object {
  return { content: { parts, role: 'model' }, index: 0 }
}

const WORDS: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
}

function statusWord(status: number): string {
  return WORDS[status] ?? 'INTERNAL'
}
