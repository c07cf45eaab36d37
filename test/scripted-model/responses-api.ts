import type { ModelApi } from './api.js'
import type { Reply } from './reply.js'

/**
 * OpenAI's Responses API. The events of a text in N deltas are `response.created`,
 * `output_item.added`, `content_part.added`, N times `output_text.delta`, `output_text.done`,
 * `content_part.done`, `output_item.done`, `response.completed`: delta i is event 3 + i. A tool
 * call is `output_item.added`, `function_call_arguments.delta` and `.done`, `output_item.done`.
 *
 * Source: platform.openai.com/docs/api-reference/responses-streaming
 */
export const responsesApi: ModelApi = {
  name: 'responses',
  path: '/responses',
  sideSchema,
  events,
  whole: (reply) => responseOf(reply, finalStatus(reply)),
  error: (status, message) => ({
    error: { message, type: errorType(status), param: null, code: errorCode(status) },
  }),
}

// Codex 0.169: the TUI asks for a title in a separate thread, in a turn that differs from any other
// only in the thread's source. Neither its tools nor its schema distinguish it from a user's turn.
function sideSchema(body: Record<string, unknown>): unknown {
  const turn = parsed(member(member(body, 'client_metadata'), 'x-codex-turn-metadata'))
  if (member(turn, 'thread_source') !== 'thread_title') return undefined
  return member(member(member(body, 'text'), 'format'), 'schema')
}

function parsed(json: unknown): unknown {
  try {
    return JSON.parse(String(json))
  } catch {
    return undefined
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined
}

function* events(reply: Reply): Iterable<string> {
  for (const { type, json } of responsesEvents(reply)) yield `event: ${type}\ndata: ${json}\n\n`
}

/** The events of an answer as JSON, before framing as SSE or as WebSocket messages. */
export function* responsesEvents(reply: Reply): Iterable<{ type: string; json: string }> {
  let sequence = 0
  for (const [type, members] of unnumberedEvents(reply)) {
    yield { type, json: JSON.stringify({ type, ...members, sequence_number: sequence }) }
    sequence += 1
  }
}

type Event = [type: string, members: object]

function* unnumberedEvents(reply: Reply): Iterable<Event> {
  yield ['response.created', { response: responseOf(reply, 'in_progress') }]
  let index = 0
  for (const item of itemsOf(reply)) {
    yield ['response.output_item.added', { output_index: index, item: begun(item) }]
    yield* eventsInside(item, index, reply)
    yield ['response.output_item.done', { output_index: index, item }]
    index += 1
  }
  const status = finalStatus(reply)
  yield [`response.${status}`, { response: responseOf(reply, status) }]
}

function* eventsInside(item: Item, index: number, reply: Reply): Iterable<Event> {
  const place = { item_id: item.id, output_index: index }
  switch (item.type) {
    case 'reasoning': {
      const [part] = item.summary
      const summary = { ...place, summary_index: 0 }
      yield ['response.reasoning_summary_part.added', { ...summary, part: { ...part, text: '' } }]
      yield ['response.reasoning_summary_text.delta', { ...summary, delta: part.text }]
      yield ['response.reasoning_summary_text.done', { ...summary, text: part.text }]
      yield ['response.reasoning_summary_part.done', { ...summary, part }]
      return
    }
    case 'message': {
      const [part] = item.content
      const content = { ...place, content_index: 0 }
      yield ['response.content_part.added', { ...content, part: { ...part, text: '' } }]
      for (const delta of reply.deltas) {
        yield ['response.output_text.delta', { ...content, delta, logprobs: [] }]
      }
      yield ['response.output_text.done', { ...content, text: part.text, logprobs: [] }]
      yield ['response.content_part.done', { ...content, part }]
      return
    }
    case 'function_call':
      yield ['response.function_call_arguments.delta', { ...place, delta: item.arguments }]
      yield ['response.function_call_arguments.done', { ...place, arguments: item.arguments }]
      return
    default:
      item satisfies never
  }
}

type Item = ReasoningItem | MessageItem | CallItem
type ReasoningItem = {
  type: 'reasoning'
  id: string
  summary: [{ type: 'summary_text'; text: string }]
}
type MessageItem = {
  type: 'message'
  id: string
  status: string
  role: 'assistant'
  content: [{ type: 'output_text'; text: string; annotations: [] }]
}
type CallItem = {
  type: 'function_call'
  id: string
  status: string
  name: string
  namespace?: string
  arguments: string
  call_id: string
}

function itemsOf(reply: Reply): Item[] {
  const items: Item[] = []
  if (reply.reasoning !== undefined) {
    const summary = { type: 'summary_text' as const, text: reply.reasoning }
    items.push({ type: 'reasoning', id: `rs_${reply.key}`, summary: [summary] })
  }
  if (reply.deltas.length > 0) items.push(messageOf(reply))
  reply.calls.forEach((call, index) => {
    items.push({
      type: 'function_call',
      id: `fc_${reply.key}_${index}`,
      status: 'completed',
      name: call.name,
      ...(call.namespace !== undefined && { namespace: call.namespace }),
      arguments: call.arguments,
      call_id: call.callId,
    })
  })
  return items
}

function messageOf(reply: Reply): MessageItem {
  const part = { type: 'output_text' as const, text: reply.deltas.join(''), annotations: [] as [] }
  return {
    type: 'message',
    id: `msg_${reply.key}`,
    status: 'completed',
    role: 'assistant',
    content: [part],
  }
}

function begun(item: Item): object {
  switch (item.type) {
    case 'reasoning':
      return { ...item, summary: [] }
    case 'message':
      return { ...item, status: 'in_progress', content: [] }
    case 'function_call':
      return { ...item, status: 'in_progress', arguments: '' }
    default:
      return item satisfies never
  }
}

type Status = 'in_progress' | 'completed' | 'failed'

function finalStatus(reply: Reply): Status {
  return reply.failed === undefined ? 'completed' : 'failed'
}

function responseOf(reply: Reply, status: Status): object {
  return {
    id: `resp_${reply.key}`,
    object: 'response',
    created_at: reply.createdAt,
    status,
    error: status === 'failed' ? reply.failed : null,
    incomplete_details: null,
    model: reply.model,
    output: status === 'in_progress' ? [] : itemsOf(reply),
    usage: status === 'completed' ? usageOf(reply) : null,
  }
}

function usageOf({ usage }: Reply): object {
  return {
    input_tokens: usage.inputTokens,
    input_tokens_details: { cached_tokens: usage.cachedInputTokens },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: usage.inputTokens + usage.outputTokens,
  }
}

/** OpenAI's error `type`, by status. */
export function errorType(status: number): string {
  if (status === 401) return 'authentication_error'
  if (status === 429) return 'rate_limit_error'
  return status >= 500 ? 'server_error' : 'invalid_request_error'
}

/** OpenAI's error `code`, by status. */
export function errorCode(status: number): string | null {
  if (status === 401) return 'invalid_api_key'
  if (status === 429) return 'rate_limit_exceeded'
  return null
}
