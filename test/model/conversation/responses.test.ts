import { answerBuilder, type Part, readModelRequest } from '@tacho/model'
import { describe, expect, test } from 'vitest'

const URL = 'https://api.openai.com/v1/responses'

describe('an item of the input is read', () => {
  test.each<[what: string, item: unknown, role: string, parts: Part[]]>([
    [
      'a text alone',
      { role: 'user', content: 'fix it' },
      'user',
      [{ type: 'text', text: 'fix it' }],
    ],
    [
      'a message in parts',
      {
        type: 'message',
        role: 'developer',
        content: [
          { type: 'input_text', text: 'one' },
          { type: 'input_text', text: 'two' },
        ],
      },
      'developer',
      [
        { type: 'text', text: 'one' },
        { type: 'text', text: 'two' },
      ],
    ],
    [
      'a picture that is sent along',
      {
        role: 'user',
        content: [{ type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'auto' }],
      },
      'user',
      [{ type: 'image', mediaType: 'image/png', bytes: 3 }],
    ],
    [
      'a picture and a file elsewhere',
      {
        role: 'user',
        content: [
          { type: 'input_image', image_url: 'https://a.example/b.png' },
          { type: 'input_file', file_id: 'file_1', filename: 'a.pdf' },
        ],
      },
      'user',
      [
        { type: 'image', url: 'https://a.example/b.png' },
        { type: 'file', name: 'a.pdf', id: 'file_1' },
      ],
    ],
    [
      'a refusal',
      { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
      'assistant',
      [{ type: 'text', text: 'No.' }],
    ],
    [
      'a reasoning',
      {
        type: 'reasoning',
        summary: [{ type: 'summary_text', text: 'A file first.' }],
        encrypted_content: 'gAAA',
      },
      'assistant',
      [{ type: 'reasoning', text: 'A file first.', encrypted: 4 }],
    ],
    [
      'a function call',
      { type: 'function_call', call_id: 'c1', name: 'exec', arguments: '{"cmd":"ls"}' },
      'assistant',
      [{ type: 'tool_call', name: 'exec', id: 'c1', arguments: '{"cmd":"ls"}' }],
    ],
    [
      'a call of a custom tool',
      { type: 'custom_tool_call', call_id: 'c1', name: 'apply_patch', input: '*** Begin' },
      'assistant',
      [{ type: 'tool_call', name: 'apply_patch', id: 'c1', arguments: '*** Begin' }],
    ],
    [
      'a call of a shell',
      { type: 'local_shell_call', call_id: 'c1', action: { command: ['ls'] }, status: 'completed' },
      'assistant',
      [
        {
          type: 'tool_call',
          name: 'local_shell',
          id: 'c1',
          arguments: '{"action":{"command":["ls"]}}',
        },
      ],
    ],
    [
      'a call with its output',
      { type: 'mcp_call', id: 'm1', name: 'search', arguments: '{}', output: 'none' },
      'assistant',
      [
        { type: 'tool_call', name: 'search', id: 'm1', arguments: '{}' },
        {
          type: 'tool_call_response',
          id: 'm1',
          name: 'search',
          parts: [{ type: 'text', text: 'none' }],
        },
      ],
    ],
    [
      'an output',
      { type: 'function_call_output', call_id: 'c1', output: 'a.txt' },
      'tool',
      [{ type: 'tool_call_response', id: 'c1', parts: [{ type: 'text', text: 'a.txt' }] }],
    ],
    [
      'an output in parts',
      {
        type: 'custom_tool_call_output',
        call_id: 'c1',
        output: [
          { type: 'input_text', text: 'see' },
          { type: 'input_image', image_url: 'data:image/png;base64,AAAA' },
        ],
      },
      'tool',
      [
        {
          type: 'tool_call_response',
          id: 'c1',
          parts: [
            { type: 'text', text: 'see' },
            { type: 'image', mediaType: 'image/png', bytes: 3 },
          ],
        },
      ],
    ],
    [
      'an item of no known type',
      { type: 'item_reference', id: 'i1' },
      'unknown',
      [{ type: 'other', value: { type: 'item_reference', id: 'i1' } }],
    ],
    [
      'a member that nobody knows',
      { role: 'user', content: 'hi', mood: 'bad' },
      'user',
      [
        { type: 'text', text: 'hi' },
        { type: 'other', value: { mood: 'bad' } },
      ],
    ],
    ['a number', 7, 'unknown', [{ type: 'other', value: 7 }]],
    [
      'a part of no known type',
      { role: 'user', content: [{ type: 'smell', of: 'toast' }, null, 'plain'] },
      'user',
      [
        { type: 'other', value: { type: 'smell', of: 'toast' } },
        { type: 'other', value: null },
        { type: 'text', text: 'plain' },
      ],
    ],
  ])('%s', (_, item, role, parts) => {
    const { messages } = readModelRequest(URL, { model: 'gpt-6.1', input: [item] })
    expect(messages).toEqual([{ role, parts, value: item, path: ['input', 0] }])
  })
})

test('a request has its model, instructions, tools, parameters and messages', () => {
  const tools = [
    { type: 'function', name: 'exec', description: 'Runs.' },
    { type: 'web_search' },
    { type: 'mcp', server_label: 'docs' },
  ]
  const body = {
    model: 'gpt-6.1',
    instructions: 'You fix.',
    input: 'fix it',
    tools,
    reasoning: { effort: 'high' },
    stream: true,
  }
  expect(readModelRequest(URL, body)).toEqual({
    api: 'responses',
    model: 'gpt-6.1',
    instructions: [
      {
        role: 'system',
        parts: [{ type: 'text', text: 'You fix.' }],
        value: 'You fix.',
        path: ['instructions'],
      },
    ],
    tools: [
      { name: 'exec', description: 'Runs.', value: tools[0], path: ['tools', 0] },
      { name: 'web_search', value: tools[1], path: ['tools', 1] },
      { name: 'docs', value: tools[2], path: ['tools', 2] },
    ],
    messages: [
      {
        role: 'user',
        parts: [{ type: 'text', text: 'fix it' }],
        value: 'fix it',
        path: ['input'],
      },
    ],
    parameters: [
      { name: 'reasoning', value: { effort: 'high' }, path: ['reasoning'] },
      { name: 'stream', value: true, path: ['stream'] },
    ],
  })
})

const CALL = { type: 'function_call', call_id: 'c1', name: 'exec', arguments: '{}' }
const SAID = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hi.' }] }

describe('an answer is put together', () => {
  test.each<[how: string, events: object[], parts: unknown[]]>([
    [
      'from the event that ends it',
      [{ type: 'response.completed', response: { id: 'r', output: [SAID, CALL] } }],
      [{ type: 'text', text: 'Hi.' }, toolCall('{}')],
    ],
    [
      'from one JSON text',
      [{ id: 'r', status: 'completed', output: [SAID] }],
      [{ type: 'text', text: 'Hi.' }],
    ],
    [
      'from items where its end repeats none',
      [
        { type: 'response.output_item.done', output_index: 1, item: CALL },
        { type: 'response.output_item.done', output_index: 0, item: SAID },
        { type: 'response.completed', response: { id: 'r', output: [] } },
      ],
      [{ type: 'text', text: 'Hi.' }, toolCall('{}')],
    ],
    [
      'from deltas where it broke off',
      [
        { type: 'response.created', response: { id: 'r' } },
        {
          type: 'response.output_item.added',
          output_index: 0,
          item: { type: 'message', role: 'assistant', content: [] },
        },
        delta('output_text', { output_index: 0, content_index: 0, delta: 'He' }),
        delta('output_text', { output_index: 0, content_index: 0, delta: 'llo' }),
        {
          type: 'response.output_item.added',
          output_index: 1,
          item: { ...CALL, arguments: '' },
        },
        delta('function_call_arguments', { output_index: 1, delta: '{"cmd":"l' }),
      ],
      [{ type: 'text', text: 'Hello' }, toolCall('{"cmd":"l')],
    ],
  ])('%s', (_, events, parts) => {
    const builder = answerBuilder('responses')
    for (const event of events) builder.add(event)
    const answer = builder.answer()
    expect(answer.messages.flatMap((message) => message.parts)).toEqual(parts)
    expect(answer).toMatchObject({ id: 'r', other: [] })
  })

  test.each([
    ['an event', { type: 'error', message: 'We are sorry.' }],
    ['a body', { error: { message: 'We are sorry.' } }],
    ['a body of a strange shape', { detail: 'no' }],
    ['a failed response', { type: 'response.failed', response: { error: { code: 'x' } } }],
  ])('an error stays as it came: %s', (_, value) => {
    const builder = answerBuilder('responses')
    builder.add(value)
    const [told] = builder.answer().other
    expect('response' in value ? { error: value.response.error } : value).toEqual(told)
  })
})

function toolCall(given: string): Part {
  return { type: 'tool_call', name: 'exec', id: 'c1', arguments: given }
}

function delta(what: string, members: object): object {
  return { type: `response.${what}.delta`, ...members }
}
