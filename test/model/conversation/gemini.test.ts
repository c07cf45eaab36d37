import { answerBuilder, type Part, readModelRequest } from '@tacho/model'
import { describe, expect, test } from 'vitest'

const URL =
  'https://generativelanguage.googleapis.com/v1beta/models/gemini-3-pro:streamGenerateContent?alt=sse'

describe('a content is read', () => {
  test.each<[what: string, content: Record<string, unknown>, parts: Part[]]>([
    ['a text', { role: 'user', parts: [{ text: 'hi' }] }, [{ type: 'text', text: 'hi' }]],
    [
      'a thought and a call',
      {
        role: 'model',
        parts: [
          { text: 'hm', thought: true, thoughtSignature: 'sig' },
          { functionCall: { id: 'c1', name: 'ls', args: { dir: '.' } } },
        ],
      },
      [
        { type: 'reasoning', text: 'hm', encrypted: 3 },
        { type: 'tool_call', name: 'ls', id: 'c1', arguments: '{"dir":"."}' },
      ],
    ],
    [
      'a response',
      { role: 'user', parts: [{ functionResponse: { name: 'ls', response: { output: 'a' } } }] },
      [
        {
          type: 'tool_call_response',
          name: 'ls',
          parts: [{ type: 'text', text: '{"output":"a"}' }],
        },
      ],
    ],
    [
      'a picture and a file',
      {
        role: 'user',
        parts: [
          { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
          { file_data: { mime_type: 'application/pdf', file_uri: 'gs://a/b' } },
        ],
      },
      [
        { type: 'image', mediaType: 'image/png', bytes: 3 },
        { type: 'file', mediaType: 'application/pdf', url: 'gs://a/b' },
      ],
    ],
    [
      'a part that nobody knows',
      { role: 'model', parts: [{ executableCode: { code: '1' } }] },
      [{ type: 'other', value: { executableCode: { code: '1' } } }],
    ],
  ])('%s', (_, content, parts) => {
    const { role } = content
    const { messages } = readModelRequest(URL, { contents: [content] })
    expect(messages).toEqual([{ role, parts, value: content, path: ['contents', 0] }])
  })
})

const BODY = {
  systemInstruction: { parts: [{ text: 'You fix.' }] },
  contents: [{ role: 'user', parts: [{ text: 'fix it' }] }],
  tools: [{ functionDeclarations: [{ name: 'ls', description: 'Lists.' }] }, { googleSearch: {} }],
  generationConfig: { temperature: 0 },
}

test('a request has its model in its path', () => {
  expect(readModelRequest(URL, BODY)).toMatchObject({
    api: 'gemini',
    model: 'gemini-3-pro',
    instructions: [{ role: 'system', parts: [{ text: 'You fix.' }], path: ['systemInstruction'] }],
    messages: [{ role: 'user', path: ['contents', 0] }],
    tools: [
      { name: 'ls', description: 'Lists.', path: ['tools', 0, 'functionDeclarations', 0] },
      { name: 'googleSearch', path: ['tools', 1, 'googleSearch'] },
    ],
    parameters: [{ name: 'generationConfig', path: ['generationConfig'] }],
  })
})

test('a request of Gemini CLI that is logged in holds the same', () => {
  const url = 'https://cloudcode-pa.googleapis.com/v1internal:streamGenerateContent?alt=sse'
  const wrapped = { model: 'gemini-3-pro', project: 'p', request: BODY }
  const request = readModelRequest(url, wrapped)
  expect(request).toMatchObject({
    api: 'gemini',
    model: 'gemini-3-pro',
    messages: [{ role: 'user', path: ['request', 'contents', 0] }],
    parameters: [{ name: 'project' }, { name: 'generationConfig' }],
  })
})

describe('an answer is put together', () => {
  const event = (...parts: object[]) => ({
    responseId: 'x',
    modelVersion: 'gemini-3-pro',
    candidates: [{ content: { role: 'model', parts } }],
  })
  const EVENTS = [
    event({ text: 'h', thought: true }),
    event({ text: 'm', thought: true }),
    event({ text: 'He' }),
    event({ text: 'y' }, { functionCall: { name: 'ls', args: {} } }),
    { responseId: 'x', usageMetadata: { promptTokenCount: 3 } },
  ]
  test.each<[how: string, told: unknown[]]>([
    ['from its events', EVENTS],
    ['from events in a member', EVENTS.map((response) => ({ response }))],
    ['from one list', [EVENTS]],
  ])('%s', (_, told) => {
    const builder = answerBuilder('gemini')
    for (const value of told) builder.add(value)
    expect(builder.answer()).toMatchObject({
      id: 'x',
      model: 'gemini-3-pro',
      messages: [
        {
          role: 'model',
          parts: [
            { type: 'reasoning', text: 'hm' },
            { type: 'text', text: 'Hey' },
            { type: 'tool_call', name: 'ls', arguments: '{}' },
          ],
        },
      ],
      other: [],
    })
  })

  test('an error stays as it came', () => {
    const builder = answerBuilder('gemini')
    builder.add([{ error: { code: 429 } }])
    expect(builder.answer()).toEqual({ messages: [], other: [{ error: { code: 429 } }] })
  })
})
