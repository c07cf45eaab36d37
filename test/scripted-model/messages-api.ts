import type { ModelApi } from './api.js'
import type { Reply } from './reply.js'

/**
 * Anthropic's Messages API. The events of a text in N deltas are `message_start`,
 * `content_block_start`, N times `content_block_delta`, `content_block_stop`, `message_delta`,
 * `message_stop`: delta i is event 1 + i. A thought is a block before it, with its signature; a
 * tool call is `content_block_start`, one `content_block_delta`, `content_block_stop`.
 *
 * Source: docs.anthropic.com/en/api/messages-streaming
 */
export const messagesApi: ModelApi = {
  name: 'messages',
  path: '/messages',
  sideSchema: () => undefined,
  events,
  whole: (reply) => ({
    ...messageOf(reply, blocksOf(reply)),
    stop_reason: stopReason(reply),
    usage: usageOf(reply),
  }),
  error: (status, message) => errorOf(errorType(status), message),
}

type Block = { start: object; deltas: object[]; whole: object }

function* events(reply: Reply): Iterable<string> {
  const usage = { ...usageOf(reply), output_tokens: 1 }
  yield event('message_start', { message: { ...messageOf(reply, []), usage } })
  for (const [index, { start, deltas }] of blocks(reply).entries()) {
    yield event('content_block_start', { index, content_block: start })
    for (const delta of deltas) yield event('content_block_delta', { index, delta })
    yield event('content_block_stop', { index })
  }
  if (reply.failed !== undefined) {
    yield event('error', errorOf(reply.failed.code, reply.failed.message))
    return
  }
  const delta = { stop_reason: stopReason(reply), stop_sequence: null }
  yield event('message_delta', { delta, usage: { output_tokens: reply.usage.outputTokens } })
  yield event('message_stop', {})
}

function event(type: string, members: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`
}

function blocks({ reasoning, deltas, calls }: Reply): Block[] {
  const all: Block[] = []
  if (reasoning !== undefined) {
    const signature = Buffer.from(reasoning).toString('base64')
    all.push({
      start: { type: 'thinking', thinking: '', signature: '' },
      deltas: [
        { type: 'thinking_delta', thinking: reasoning },
        { type: 'signature_delta', signature },
      ],
      whole: { type: 'thinking', thinking: reasoning, signature },
    })
  }
  if (deltas.length > 0) {
    all.push({
      start: { type: 'text', text: '' },
      deltas: deltas.map((text) => ({ type: 'text_delta', text })),
      whole: { type: 'text', text: deltas.join('') },
    })
  }
  for (const { callId: id, name, arguments: input } of calls) {
    const call = { type: 'tool_use', id, name }
    all.push({
      start: { ...call, input: {} },
      deltas: [{ type: 'input_json_delta', partial_json: input }],
      whole: { ...call, input: parsed(input) },
    })
  }
  return all
}

function blocksOf(reply: Reply): object[] {
  return blocks(reply).map(({ whole }) => whole)
}

// Input that is not JSON can be streamed, but has no place in a JSON object.
function parsed(input: string): unknown {
  try {
    return JSON.parse(input)
  } catch {
    return {}
  }
}

function messageOf(reply: Reply, content: object[]): object {
  return {
    id: `msg_${reply.key}`,
    type: 'message',
    role: 'assistant',
    model: reply.model,
    content,
    stop_reason: null,
    stop_sequence: null,
  }
}

function stopReason({ calls }: Reply): string {
  return calls.length > 0 ? 'tool_use' : 'end_turn'
}

// Its input tokens do not include those from the cache.
function usageOf({ usage }: Reply): object {
  return {
    input_tokens: usage.inputTokens - usage.cachedInputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: usage.cachedInputTokens,
    output_tokens: usage.outputTokens,
  }
}

function errorOf(type: string, message: string): object {
  return { type: 'error', error: { type, message } }
}

const ERROR_TYPES: Record<number, string> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
}

/** Anthropic's error `type`, by status. */
function errorType(status: number): string {
  return ERROR_TYPES[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error')
}
