import { answerBuilder, type Part, readModelRequest } from '@tacho/model'
import { describe, expect, test } from 'vitest'

const URL = 'https://api.anthropic.com/v1/messages?beta=true'

describe('a message is read', () => {
  test.each<[what: string, message: Record<string, unknown>, parts: Part[]]>([
    ['a text', { role: 'user', content: 'hi' }, [{ type: 'text', text: 'hi' }]],
    [
      'a call behind a thought',
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'hm', signature: 'sig' },
          { type: 'redacted_thinking', data: 'xxxxx' },
          { type: 'tool_use', id: 't1', name: 'Bash', input: { command: 'ls' } },
        ],
      },
      [
        { type: 'reasoning', text: 'hm', encrypted: 3 },
        { type: 'reasoning', text: '', encrypted: 5 },
        { type: 'tool_call', name: 'Bash', id: 't1', arguments: '{"command":"ls"}' },
      ],
    ],
    [
      'a result with a picture',
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 't1',
            is_error: true,
            content: [
              { type: 'text', text: 'no' },
              {
                type: 'image',
                source: { type: 'base64', media_type: 'image/png', data: 'AAAA' },
              },
            ],
          },
        ],
      },
      [
        {
          type: 'tool_call_response',
          id: 't1',
          parts: [
            { type: 'text', text: 'no' },
            { type: 'image', mediaType: 'image/png', bytes: 3 },
          ],
        },
        { type: 'other', value: { is_error: true } },
      ],
    ],
    [
      'a document',
      {
        role: 'user',
        content: [
          { type: 'document', title: 'a', source: { type: 'url', url: 'https://a.example' } },
        ],
      },
      [{ type: 'file', name: 'a', url: 'https://a.example' }],
    ],
    [
      'a tool that the API runs',
      {
        role: 'assistant',
        content: [
          { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'x' } },
          { type: 'web_search_tool_result', tool_use_id: 's1', content: 'none' },
        ],
      },
      [
        { type: 'tool_call', name: 'web_search', id: 's1', arguments: '{"query":"x"}' },
        {
          type: 'tool_call_response',
          id: 's1',
          name: 'web_search',
          parts: [{ type: 'text', text: 'none' }],
        },
      ],
    ],
    [
      'a block that nobody knows',
      { role: 'user', content: [{ type: 'smell' }] },
      [{ type: 'other', value: { type: 'smell' } }],
    ],
  ])('%s', (_, message, parts) => {
    const { api, messages } = readModelRequest(URL, { model: 'm', messages: [message] })
    const { role } = message
    expect(messages).toEqual([{ role, parts, value: message, path: ['messages', 0] }])
    expect(api).toBe('messages')
  })
})

test('each block of the system prompt stands by itself', () => {
  const system = [
    { type: 'text', text: 'You are.' },
    { type: 'text', text: 'Today is.', cache_control: { type: 'ephemeral' } },
  ]
  const { instructions, tools, parameters } = readModelRequest(URL, {
    model: 'm',
    system,
    messages: [],
    tools: [{ name: 'Bash', description: 'Runs.', input_schema: {} }],
    max_tokens: 10,
  })
  expect(instructions.map(({ parts, path }) => [parts, path])).toEqual([
    [[{ type: 'text', text: 'You are.' }], ['system', 0]],
    [[{ type: 'text', text: 'Today is.' }], ['system', 1]],
  ])
  expect(tools).toMatchObject([{ name: 'Bash', description: 'Runs.' }])
  expect(parameters).toEqual([{ name: 'max_tokens', value: 10, path: ['max_tokens'] }])
})

describe('an answer is put together', () => {
  const start = (index: number, block: object) => ({
    type: 'content_block_start',
    index,
    content_block: block,
  })
  const delta = (index: number, told: object) => ({
    type: 'content_block_delta',
    index,
    delta: told,
  })
  const BEGIN = { type: 'message_start', message: { id: 'm1', role: 'assistant', content: [] } }
  test.each<[how: string, events: object[], parts: Part[]]>([
    [
      'from one JSON text',
      [{ type: 'message', id: 'm1', role: 'assistant', content: [{ type: 'text', text: 'Hi.' }] }],
      [{ type: 'text', text: 'Hi.' }],
    ],
    [
      'from its events',
      [
        BEGIN,
        { type: 'ping' },
        start(0, { type: 'thinking', thinking: '' }),
        delta(0, { type: 'thinking_delta', thinking: 'h' }),
        delta(0, { type: 'thinking_delta', thinking: 'm' }),
        start(1, { type: 'text', text: '' }),
        delta(1, { type: 'text_delta', text: 'Hi.' }),
        start(2, { type: 'tool_use', id: 't1', name: 'Bash', input: {} }),
        delta(2, { type: 'input_json_delta', partial_json: '{"command":' }),
        delta(2, { type: 'input_json_delta', partial_json: '"ls"}' }),
        { type: 'content_block_stop', index: 2 },
        { type: 'message_delta', delta: { stop_reason: 'tool_use' } },
        { type: 'message_stop' },
      ],
      [
        { type: 'reasoning', text: 'hm' },
        { type: 'text', text: 'Hi.' },
        { type: 'tool_call', name: 'Bash', id: 't1', arguments: '{"command":"ls"}' },
      ],
    ],
    [
      'from events that broke off in the input of a tool',
      [
        BEGIN,
        start(0, { type: 'tool_use', id: 't1', name: 'Bash', input: {} }),
        delta(0, { type: 'input_json_delta', partial_json: '{"comma' }),
      ],
      [{ type: 'tool_call', name: 'Bash', id: 't1', arguments: '{"comma' }],
    ],
  ])('%s', (_, events, parts) => {
    const builder = answerBuilder('messages')
    for (const event of events) builder.add(event)
    const answer = builder.answer()
    expect(answer.messages.flatMap((message) => message.parts)).toEqual(parts)
    expect(answer).toMatchObject({ id: 'm1', other: [] })
  })

  test('an error stays as it came', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    const builder = answerBuilder('messages')
    builder.add(BEGIN)
    builder.add(error)
    expect(builder.answer()).toEqual({ id: 'm1', messages: [], other: [error] })
  })
})
