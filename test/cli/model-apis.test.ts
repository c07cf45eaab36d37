import { describe, expect, test } from 'vitest'
import { SESSION_ID, startRecording } from '../faults/recorded-session.js'
import { sessionsDirectory } from '../reader/session-folder.js'
import { tacho } from './tacho.js'

type Tokens = { input: number; cached: number; output: number }

/** How one model API words the session below. */
type Api = {
  path: string
  /** The request, with these instructions and the first of its messages. */
  request: (instructions: string, messages: number) => object
  /** The events of an answer that calls a tool. */
  call: (tokens: Tokens) => (object | string)[]
  /** The events of an answer with a text. */
  text: (tokens: Tokens) => (object | string)[]
  /** The body of an answer with status 429. */
  busy: object
}

/** Each API has its own name for whoever answers. */
const NOT_USER = expect.not.stringMatching(/^user$/)

const LS = { command: 'ls' }

const APIS: Record<string, Api> = {
  responses: {
    path: '/v1/responses',
    request: (instructions, messages) => ({
      ...{ model: 'm', instructions, stream: true },
      input: [
        { role: 'user', content: 'List them' },
        {
          type: 'function_call',
          ...{ call_id: 'c1', name: 'shell', arguments: JSON.stringify(LS) },
        },
        { type: 'function_call_output', call_id: 'c1', output: 'a.txt' },
        { role: 'assistant', content: 'One file.' },
        { role: 'user', content: 'Sure?' },
      ].slice(0, messages),
    }),
    call: (tokens) => {
      const item = {
        ...{ type: 'function_call', id: 'f1', call_id: 'c1' },
        ...{ name: 'shell', arguments: JSON.stringify(LS) },
      }
      return [
        { type: 'response.output_item.done', output_index: 0, item },
        { type: 'response.completed', response: responseOf([item], tokens) },
      ]
    },
    text: (tokens) => {
      const content = [{ type: 'output_text', text: 'One file.' }]
      const item = { type: 'message', id: 'm1', role: 'assistant', content }
      return [
        { type: 'response.output_text.delta', output_index: 0, delta: 'One file.' },
        { type: 'response.output_item.done', output_index: 0, item },
        { type: 'response.completed', response: responseOf([item], tokens) },
      ]
    },
    busy: { error: { type: 'rate_limit_exceeded', message: 'Slow down.' } },
  },
  messages: {
    path: '/v1/messages',
    request: (system, messages) => ({
      ...{ model: 'm', system, stream: true, max_tokens: 100 },
      messages: [
        { role: 'user', content: 'List them' },
        {
          role: 'assistant',
          content: [{ type: 'tool_use', id: 'c1', name: 'shell', input: LS }],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', content: 'a.txt' }] },
        { role: 'assistant', content: 'One file.' },
        { role: 'user', content: 'Sure?' },
      ].slice(0, messages),
    }),
    call: (tokens) => [
      messageStart(tokens),
      {
        type: 'content_block_start',
        index: 0,
        content_block: { type: 'tool_use', id: 'c1', name: 'shell', input: {} },
      },
      {
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'input_json_delta', partial_json: JSON.stringify(LS) },
      },
      ...messageEnd('tool_use', tokens),
    ],
    text: (tokens) => [
      messageStart(tokens),
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      {
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'text_delta', text: 'One file.' },
      },
      ...messageEnd('end_turn', tokens),
    ],
    busy: { type: 'error', error: { type: 'rate_limit_error', message: 'Slow down.' } },
  },
  'chat-completions': {
    path: '/v1/chat/completions',
    request: (system, messages) => ({
      ...{ model: 'm', stream: true },
      messages: [
        { role: 'system', content: system },
        { role: 'user', content: 'List them' },
        {
          role: 'assistant',
          tool_calls: [
            {
              id: 'c1',
              type: 'function',
              function: { name: 'shell', arguments: JSON.stringify(LS) },
            },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'a.txt' },
        { role: 'assistant', content: 'One file.' },
        { role: 'user', content: 'Sure?' },
      ].slice(0, messages + 1),
    }),
    call: (tokens) => [
      choice({
        tool_calls: [
          { index: 0, id: 'c1', function: { name: 'shell', arguments: JSON.stringify(LS) } },
        ],
      }),
      choice({}, 'tool_calls'),
      chatUsage(tokens),
      '[DONE]',
    ],
    text: (tokens) => [
      choice({ role: 'assistant', content: 'One file.' }),
      choice({}, 'stop'),
      chatUsage(tokens),
      '[DONE]',
    ],
    busy: { error: { type: 'rate_limit_error', message: 'Slow down.' } },
  },
  gemini: {
    path: '/v1beta/models/m:streamGenerateContent?alt=sse',
    request: (text, messages) => ({
      systemInstruction: { parts: [{ text }] },
      contents: [
        { role: 'user', parts: [{ text: 'List them' }] },
        { role: 'model', parts: [{ functionCall: { id: 'c1', name: 'shell', args: LS } }] },
        {
          role: 'user',
          parts: [{ functionResponse: { id: 'c1', name: 'shell', response: { output: 'a.txt' } } }],
        },
        { role: 'model', parts: [{ text: 'One file.' }] },
        { role: 'user', parts: [{ text: 'Sure?' }] },
      ].slice(0, messages),
    }),
    call: (tokens) => [
      candidate([{ functionCall: { id: 'c1', name: 'shell', args: LS } }], tokens),
    ],
    text: (tokens) => [candidate([{ text: 'One file.' }], tokens)],
    busy: { error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Slow down.' } },
  },
}

function responseOf(output: object[], { input, cached, output: written }: Tokens): object {
  const usage = {
    ...{ input_tokens: input, output_tokens: written },
    input_tokens_details: { cached_tokens: cached },
  }
  return { id: 'r1', status: 'completed', model: 'm-1', output, usage }
}

function messageStart({ input, cached }: Tokens): object {
  const usage = {
    ...{ input_tokens: input - cached, cache_read_input_tokens: cached },
    ...{ cache_creation_input_tokens: 0, output_tokens: 1 },
  }
  return { type: 'message_start', message: { id: 'r1', model: 'm-1', usage } }
}

function messageEnd(stop_reason: string, { output }: Tokens): object[] {
  return [
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason }, usage: { output_tokens: output } },
    { type: 'message_stop' },
  ]
}

function choice(delta: object, finish_reason: string | null = null): object {
  return { id: 'r1', model: 'm-1', choices: [{ index: 0, delta, finish_reason }] }
}

function chatUsage({ input, cached, output }: Tokens): object {
  const usage = {
    ...{ prompt_tokens: input, completion_tokens: output },
    prompt_tokens_details: { cached_tokens: cached },
  }
  return { id: 'r1', model: 'm-1', choices: [], usage }
}

function candidate(parts: object[], { input, cached, output }: Tokens): object {
  return {
    ...{ responseId: 'r1', modelVersion: 'm-1' },
    candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP' }],
    usageMetadata: {
      ...{ promptTokenCount: input, candidatesTokenCount: output },
      cachedContentTokenCount: cached,
    },
  }
}

/**
 * A session that calls a tool, continues with its result from the cache, gets different
 * instructions, which break the cache, and is refused in the end.
 */
async function recorded({ path, request, call, text, busy }: Api): Promise<string> {
  const root = sessionsDirectory()
  const recording = startRecording(root, { agent: { name: 'run' }, command: 'run' })
  const ask = (body: object, status: number, events: (object | string)[]) => {
    const exchange = recording.exchange({
      ...{ method: 'POST', url: `http://127.0.0.1:4000${path}` },
      headers: [['content-type', 'application/json']],
      conversation: { sessionId: SESSION_ID, threadId: SESSION_ID, turnId: 'turn-1' },
    })
    exchange.requestBytes(Buffer.from(JSON.stringify(body)))
    exchange.requestEnd()
    const isError = status >= 400
    const type = isError ? 'application/json' : 'text/event-stream'
    exchange.responseHead(status, '', [['content-type', type]])
    for (const event of events) {
      const json = typeof event === 'string' ? event : JSON.stringify(event)
      exchange.responseBytes(Buffer.from(isError ? json : `data: ${json}\n\n`))
    }
    exchange.end({ state: 'completed' })
  }
  ask(request('You list.', 1), 200, call({ input: 2000, cached: 0, output: 20 }))
  ask(request('You list.', 3), 200, text({ input: 2100, cached: 1900, output: 7 }))
  ask(request('You look.', 5), 200, text({ input: 2200, cached: 0, output: 5 }))
  ask(request('You look.', 5), 429, [busy])
  await recording.close({ exitCode: 1 })
  return root
}

describe.each(Object.entries(APIS))('of a session over %s', (api, form) => {
  const session = recorded(form)
  const told = async (...words: string[]) => {
    const { stdout } = await tacho([...words, '--json', '--sessions-dir', await session])
    return JSON.parse(stdout.toString())
  }

  test('tacho messages tells the call, its result and the answer', async () => {
    const { messages, answer, ...rest } = await told('messages', 'last', '2')
    expect(rest).toMatchObject({ api, model: 'm', exchange: 2, previous: 1 })
    const parts = messages
      .filter(({ isNew }: { isNew: boolean }) => isNew)
      .flatMap((message: { parts: object[] }) => message.parts)
    expect(parts).toMatchObject([
      { type: 'tool_call', id: 'c1', name: 'shell', arguments: JSON.stringify(LS) },
      { type: 'tool_call_response', id: 'c1', parts: [{ type: 'text' }] },
    ])
    expect(JSON.stringify(parts[1])).toContain('a.txt')
    expect(answer.messages).toMatchObject([{ parts: [{ type: 'text', text: 'One file.' }] }])
    const called = await told('messages', 'last', '1')
    expect(called.answer.messages).toMatchObject([
      { parts: [{ type: 'tool_call', name: 'shell', arguments: JSON.stringify(LS) }] },
    ])
  })

  test('tacho diff tells what changed', async () => {
    const { first, instructions, messages, isContinuation } = await told('diff', 'last', '3')
    expect(isContinuation).toBe(false)
    expect(first).toMatchObject({ kind: 'instructions', change: 'changed' })
    expect(instructions).toHaveLength(1)
    expect(messages).toMatchObject([
      { in: 'both', before: 1, count: 3 },
      { in: 'after', after: 4, count: 2, messages: [{ role: NOT_USER }, { role: 'user' }] },
    ])
  })

  test('tacho cache tells where it broke', async () => {
    const verdicts = await told('cache', 'last')
    expect(verdicts.slice(1, 3)).toMatchObject([
      { verdict: 'hit' },
      { verdict: 'changed', lostTokens: 2100, difference: { kind: 'instructions' } },
    ])
  })

  test('tacho stats tells the tokens, the tool and the failure', async () => {
    const { models, tools } = await told('stats', 'last')
    expect(models).toMatchObject([
      {
        ...{ asked: 'm', answered: 'm-1', exchanges: 3, failed: 0 },
        usage: { inputTokens: 6300, cacheReadInputTokens: 1900, outputTokens: 32 },
      },
      { asked: 'm', answered: null, exchanges: 1, failed: 1 },
    ])
    expect(tools).toMatchObject([{ name: 'shell', count: 1, failed: 0 }])
  })

  test('tacho explain tells why it failed', async () => {
    const { verdict, causes } = await told('explain', 'last')
    expect(verdict).toMatch(/^At exchange 4 the API refused the request, .*Slow down/)
    const codes = causes.map(({ code }: { code: string }) => code)
    expect(codes).toEqual(['rate-limited', 'cache-break'])
  })
})
