import { answerBuilder, type Part, readModelRequest } from '@tacho/model'
import { describe, expect, test } from 'vitest'

const URL = 'https://api.openai.com/v1/chat/completions'

describe('a message is read', () => {
  test.each<[what: string, message: Record<string, unknown>, parts: Part[]]>([
    ['a text', { role: 'user', content: 'hi' }, [{ type: 'text', text: 'hi' }]],
    [
      'parts',
      {
        role: 'user',
        content: [
          { type: 'text', text: 'see' },
          { type: 'image_url', image_url: { url: 'data:image/jpeg;base64,AAAAAAAA' } },
          { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
          { type: 'file', file: { filename: 'a.pdf', file_id: 'f1' } },
        ],
      },
      [
        { type: 'text', text: 'see' },
        { type: 'image', mediaType: 'image/jpeg', bytes: 6 },
        { type: 'file', mediaType: 'wav', bytes: 3 },
        { type: 'file', name: 'a.pdf', id: 'f1' },
      ],
    ],
    [
      'calls',
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'exec', arguments: '{}' } },
          { id: 'c2', type: 'custom', custom: { name: 'patch', input: '***' } },
        ],
      },
      [
        { type: 'tool_call', name: 'exec', id: 'c1', arguments: '{}' },
        { type: 'tool_call', name: 'patch', id: 'c2', arguments: '***' },
      ],
    ],
    [
      'a call of the old form',
      { role: 'assistant', function_call: { name: 'exec', arguments: '{}' } },
      [{ type: 'tool_call', name: 'exec', arguments: '{}' }],
    ],
    [
      'a result',
      { role: 'tool', tool_call_id: 'c1', content: 'done' },
      [{ type: 'tool_call_response', id: 'c1', parts: [{ type: 'text', text: 'done' }] }],
    ],
    [
      'reasoning, as DeepSeek calls it',
      { role: 'assistant', reasoning_content: 'hm', content: 'yes' },
      [
        { type: 'reasoning', text: 'hm' },
        { type: 'text', text: 'yes' },
      ],
    ],
    [
      'a refusal',
      { role: 'assistant', content: null, refusal: 'No.' },
      [{ type: 'text', text: 'No.' }],
    ],
    [
      'what nobody knows',
      { role: 'user', content: { shape: 'odd' }, mood: 'bad' },
      [
        { type: 'other', value: { shape: 'odd' } },
        { type: 'other', value: { mood: 'bad' } },
      ],
    ],
  ])('%s', (_, message, parts) => {
    const first = { role: 'user', content: 'first' }
    const request = readModelRequest(URL, { model: 'm', messages: [first, message] })
    const { role } = message
    expect(request.messages[1]).toEqual({ role, parts, value: message, path: ['messages', 1] })
  })
})

test('leading messages of the system are instructions, later ones are not', () => {
  const system = { role: 'system', content: 'You fix.' }
  const user = { role: 'user', content: 'fix it' }
  const tool = { type: 'function', function: { name: 'exec', description: 'Runs.' } }
  const request = readModelRequest(URL, {
    model: 'm',
    messages: [system, user, system],
    tools: [tool],
    temperature: 0,
  })
  expect(request.instructions.map(({ path }) => path)).toEqual([['messages', 0]])
  expect(request.messages.map(({ path }) => path)).toEqual([
    ['messages', 1],
    ['messages', 2],
  ])
  expect(request.tools).toEqual([
    { name: 'exec', description: 'Runs.', value: tool, path: ['tools', 0] },
  ])
  expect(request.parameters).toEqual([{ name: 'temperature', value: 0, path: ['temperature'] }])
})

describe('an answer is put together', () => {
  const call = (index: number, members: object) => chunk({ tool_calls: [{ index, ...members }] })
  test.each<[how: string, events: object[], parts: Part[]]>([
    [
      'from one JSON text',
      [{ id: 'x', choices: [{ message: { role: 'assistant', content: 'Hi.' } }] }],
      [{ type: 'text', text: 'Hi.' }],
    ],
    [
      'from pieces of text',
      [
        chunk({ role: 'assistant', content: '' }),
        chunk({ content: 'He' }),
        chunk({ content: 'y' }),
      ],
      [{ type: 'text', text: 'Hey' }],
    ],
    [
      'from pieces of two calls',
      [
        call(0, { id: 'c1', type: 'function', function: { name: 'a', arguments: '' } }),
        call(0, { function: { arguments: '{"x"' } }),
        call(1, { id: 'c2', type: 'function', function: { name: 'b', arguments: '{}' } }),
        call(0, { function: { arguments: ':1}' } }),
      ],
      [
        { type: 'tool_call', name: 'a', id: 'c1', arguments: '{"x":1}' },
        { type: 'tool_call', name: 'b', id: 'c2', arguments: '{}' },
      ],
    ],
    [
      'from pieces of reasoning',
      [
        chunk({ reasoning_content: 'h' }),
        chunk({ reasoning_content: 'm' }),
        chunk({ content: 'k' }),
      ],
      [
        { type: 'reasoning', text: 'hm' },
        { type: 'text', text: 'k' },
      ],
    ],
  ])('%s', (_, events, parts) => {
    const builder = answerBuilder('chat-completions')
    for (const event of events) builder.add(event)
    const answer = builder.answer()
    expect(answer.messages.map((message) => message.parts)).toEqual([parts])
    expect(answer).toMatchObject({ id: 'x', other: [] })
  })

  test('an error stays as it came', () => {
    const builder = answerBuilder('chat-completions')
    builder.add({ error: { message: 'no' } })
    expect(builder.answer()).toEqual({ messages: [], other: [{ error: { message: 'no' } }] })
  })
})

function chunk(delta: object): object {
  return { id: 'x', choices: [{ index: 0, delta }] }
}
