import type { ModelApi } from './api.js'
import type { Reply } from './reply.js'
import { errorCode, errorType } from './responses-api.js'

/**
 * OpenAI's Chat Completions API. The events of a text in N deltas are a chunk with the role, N
 * chunks of text, one with the finish reason, one with the usage if it was requested, and `[DONE]`:
 * delta i is event 1 + i. A tool call is one chunk.
 *
 * Source: platform.openai.com/docs/api-reference/chat-streaming
 */
export const chatCompletionsApi: ModelApi = {
  name: 'chat-completions',
  path: '/chat/completions',
  sideSchema,
  events,
  whole,
  error: (status, message) => ({
    error: { message, type: errorType(status), param: null, code: errorCode(status) },
  }),
}

// opencode 1.18 asks for a title of the session beside its first turn.
function sideSchema({ messages }: Record<string, unknown>): unknown {
  const isTitle = JSON.stringify(messages ?? '').includes(
    '"Generate a title for this conversation:',
  )
  return isTitle ? { type: 'string' } : undefined
}

function* events(reply: Reply): Iterable<string> {
  yield chunk(reply, { role: 'assistant', content: '' })
  for (const content of reply.deltas) yield chunk(reply, { content })
  for (const [index, call] of toolCalls(reply).entries()) {
    yield chunk(reply, { tool_calls: [{ index, ...call }] })
  }
  if (reply.failed !== undefined) {
    yield `data: ${JSON.stringify({ error: reply.failed })}\n\n`
    return
  }
  yield chunk(reply, {}, finishReason(reply))
  if (reply.streamsUsage) yield event(reply, { choices: [], usage: usageOf(reply) })
  yield 'data: [DONE]\n\n'
}

function chunk(reply: Reply, delta: object, finish: string | null = null): string {
  return event(reply, { choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] })
}

function event(reply: Reply, members: object): string {
  return `data: ${JSON.stringify({ ...head(reply), object: 'chat.completion.chunk', ...members })}\n\n`
}

function whole(reply: Reply): object {
  const calls = toolCalls(reply)
  const message = {
    role: 'assistant',
    content: reply.deltas.length > 0 ? reply.deltas.join('') : null,
    ...(calls.length > 0 && { tool_calls: calls }),
  }
  return {
    ...head(reply),
    object: 'chat.completion',
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason(reply) }],
    usage: usageOf(reply),
  }
}

function head(reply: Reply): object {
  return { id: `chatcmpl-${reply.key}`, created: reply.createdAt, model: reply.model }
}

function toolCalls(reply: Reply): object[] {
  return reply.calls.map((call) => ({
    id: call.callId,
    type: 'function',
    function: { name: call.name, arguments: call.arguments },
  }))
}

function finishReason(reply: Reply): string {
  return reply.calls.length > 0 ? 'tool_calls' : 'stop'
}

function usageOf({ usage }: Reply): object {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedInputTokens },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  }
}
