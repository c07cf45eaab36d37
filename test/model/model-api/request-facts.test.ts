import { modelApiOf, type RequestFacts, requestFactsOf, responsesApi } from '@tacho/model'
import { describe, expect, test } from 'vitest'

const long = 'x'.repeat(2 * 1024 * 1024)

describe('what a request asks for', () => {
  test.each<[what: string, body: string, facts: RequestFacts]>([
    ['a model and a stream', '{"model":"m","stream":true}', { model: 'm', stream: true }],
    ['no stream', '{"model":"m","stream":false}', { model: 'm', stream: false }],
    ['a model that comes last', '{"stream": true, "model": "m"}', { model: 'm', stream: true }],
    [
      'a stream behind a long talk',
      `{"model":"m","input":"${long}","stream":true}`,
      { model: 'm', stream: true },
    ],
    ['a model behind a long talk', `{"input":"${long}","model":"m"}`, {}],
    ['a stream in what it says', `{"model":"m","input":"\\"stream\\":true"}`, { model: 'm' }],
    ['things of other types', '{"model":7,"stream":"yes"}', {}],
    ['a model whose name needs an escape', '{"model":"a\\"b"}', { model: 'a"b' }],
    ['nothing', '', {}],
    ['no JSON', '--boundary', {}],
  ])('%s', (_, body, facts) => {
    const { model, stream } = requestFactsOf(new TextEncoder().encode(body))
    expect({ model, stream }).toEqual(facts)
  })
})

test('the outputs of calls are found in a request, in each form that they have', () => {
  const input = [
    { type: 'function_call', call_id: 'a', name: 'exec_command', arguments: '{}' },
    { type: 'function_call_output', call_id: 'a', output: 'as a text' },
    { type: 'custom_tool_call_output', call_id: 'b', output: { content: 'in an object' } },
    {
      type: 'function_call_output',
      call_id: 'c',
      output: [{ type: 'input_text', text: 'in ' }, { type: 'input_text', text: 'parts' }, null],
    },
    { type: 'function_call_output', call_id: 'd', output: 7 },
    { type: 'function_call_output', call_id: 'of an earlier turn', output: 'x' },
    null,
  ]
  const facts = requestFactsOf(new TextEncoder().encode(JSON.stringify({ model: 'm', input })))
  expect(facts.outputs?.(['a', 'b', 'c', 'd', 'e'])).toEqual([
    { callId: 'a', output: 'as a text' },
    { callId: 'b', output: 'in an object' },
    { callId: 'c', output: 'in parts' },
    { callId: 'd', output: '' },
  ])
})

test.each<[api: string, request: object]>([
  [
    'Chat Completions',
    {
      model: 'm',
      messages: [
        { role: 'assistant', tool_calls: [{ id: 'a' }] },
        { role: 'tool', tool_call_id: 'a', content: 'as a text' },
        { role: 'tool', tool_call_id: 'b', content: [{ type: 'text', text: 'in parts' }] },
        { role: 'user', tool_call_id: 'c', content: 'x' },
      ],
    },
  ],
  [
    'generateContent',
    {
      contents: [
        { parts: [{ functionCall: { id: 'a', name: 'ls' } }] },
        { parts: [{ functionResponse: { id: 'a', response: { output: 'as a text' } } }, null] },
        { parts: [{ functionResponse: { id: 'b', response: { error: 'in parts' } } }] },
        { parts: [{ functionResponse: { name: 'c', response: { output: 'x' } } }] },
      ],
    },
  ],
])('the outputs of calls are found in a request of %s', (api, request) => {
  const facts = requestFactsOf(new TextEncoder().encode(JSON.stringify(request)))
  expect(facts.outputs?.(['a', 'b', 'c'])).toEqual([
    { callId: 'a', output: 'as a text' },
    { callId: 'b', output: 'in parts', ...(api === 'generateContent' && { isError: true }) },
  ])
})

test('the outputs of calls that Gemini gave no ids are found by their order', () => {
  const contents = [
    { parts: [{ functionResponse: { name: 'ls', response: { output: 'before' } } }] },
    {
      parts: [
        { functionResponse: { id: 'ls_1', name: 'ls', response: { output: 'one' } } },
        { functionResponse: { id: 'ls_2', name: 'ls', response: { output: 'two' } } },
      ],
    },
  ]
  const facts = requestFactsOf(new TextEncoder().encode(JSON.stringify({ contents })))
  const calls = ['00000000000000e1.1', '00000000000000e1.2', '00000000000000e1.3']
  expect(facts.outputs?.(calls)).toEqual([
    { callId: calls[0], output: 'one' },
    { callId: calls[1], output: 'two' },
  ])
})

describe('a request is one to a model', () => {
  test.each<[request: string, isOne: boolean]>([
    ['POST /v1/responses', true],
    ['POST /v1/responses?x=1', true],
    ['POST /backend-api/codex/responses', true],
    ['POST /v1/responses/compact', true],
    ['POST /backend-api/codex/responses/compact', true],
    ['POST /v1/memories/trace_summarize', true],
    ['POST /v1/chat/completions', true],
    ['POST /v1/messages?beta=true', true],
    ['POST /v1/images/generations', true],
    ['POST /v1/images/edits', true],
    ['GET /v1/responses', false],
    ['GET /v1/responses/resp_1', false],
    ['POST /v1/responses/resp_1/cancel', false],
    ['POST /v1/messages/count_tokens', false],
    ['GET /v1/models', false],
    ['POST /v1/analytics-events/events', false],
  ])('%s: %s', (request, isOne) => {
    const [method = '', path = ''] = request.split(' ')
    expect(modelApiOf(method, path) !== undefined).toBe(isOne)
  })

  test('where none of the APIs is asked for, it is none', () => {
    expect(modelApiOf('POST', '/v1/responses', [])).toBeUndefined()
    expect(modelApiOf('POST', '/v1/responses', [responsesApi])).toBe(responsesApi)
  })
})
