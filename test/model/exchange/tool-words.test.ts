import { describe, expect, test } from 'vitest'
import { toolWordsOf } from '../../../packages/model/src/exchange/tool-words.js'
import { modelApiOf } from '../../../packages/model/src/model-api/index.js'

const PATHS = {
  chat: '/v1/chat/completions',
  gemini: '/v1beta/models/m:streamGenerateContent',
  responses: '/v1/responses',
}

function wordsOf(api: keyof typeof PATHS) {
  return toolWordsOf(modelApiOf('POST', PATHS[api]), 'e1')
}

const called = (callId: string, name: string, input: string) => ({
  kind: 'tool-called',
  callId,
  name,
  input,
})
const choice = (delta: object, finish_reason: string | null = null, index = 0) => ({
  choices: [{ index, delta, finish_reason }],
})
const piece = (index: number, told: object, more: object = {}) => ({
  tool_calls: [{ index, ...more, function: told }],
})
const DONE = choice({}, 'tool_calls')

describe('a stream of Chat Completions calls a tool', () => {
  test.each<[sentence: string, events: object[], words: object[]]>([
    [
      'in one piece',
      [choice(piece(0, { name: 'ls', arguments: '{}' }, { id: 'a' })), DONE],
      [called('a', 'ls', '{}')],
    ],
    [
      'whose arguments come piece by piece',
      [
        choice(piece(0, { name: 'ls', arguments: '' }, { id: 'a' })),
        choice(piece(0, { arguments: '{"x"' })),
        choice(piece(0, { arguments: ':1}' })),
        DONE,
      ],
      [called('a', 'ls', '{"x":1}')],
    ],
    [
      'two at once, told apart by their index',
      [
        choice(piece(0, { name: 'ls', arguments: '{' }, { id: 'a' })),
        choice(piece(1, { name: 'cat', arguments: '{"b"' }, { id: 'b' })),
        choice(piece(0, { arguments: '}' })),
        choice(piece(1, { arguments: ':2}' })),
        DONE,
      ],
      [called('a', 'ls', '{}'), called('b', 'cat', '{"b":2}')],
    ],
    [
      'and says its name and id again in each piece',
      [
        choice(piece(0, { name: 'ls', arguments: '{' }, { id: 'a' })),
        choice(piece(0, { name: 'ls', arguments: '}' }, { id: 'a' })),
        DONE,
      ],
      [called('a', 'ls', '{}')],
    ],
    [
      'and stops with another word',
      [choice(piece(0, { name: 'ls', arguments: '{}' }, { id: 'a' })), choice({}, 'stop')],
      [called('a', 'ls', '{}')],
    ],
    ['and breaks off', [choice(piece(0, { name: 'ls' }, { id: 'a' }))], []],
    ['without an id', [choice(piece(0, { name: 'ls', arguments: '{}' })), DONE], []],
    ['without a name', [choice(piece(0, { arguments: '{}' }, { id: 'a' })), DONE], []],
    [
      'at an index far away',
      [choice(piece(1e9, { name: 'ls', arguments: '{}' }, { id: 'a' })), DONE],
      [called('a', 'ls', '{}')],
    ],
    ['that is nonsense', [{ choices: [{ delta: { tool_calls: 7 } }, 8] }, DONE], []],
  ])('%s', (_, events, words) => {
    const reader = wordsOf('chat')
    expect(events.flatMap((event) => reader.event(event as Record<string, unknown>))).toEqual(words)
  })
})

const parts = (...all: object[]) => ({ candidates: [{ content: { parts: all } }] })

describe('an answer of generateContent calls a tool', () => {
  test.each<[sentence: string, events: object[], words: object[]]>([
    [
      'with an id of its own',
      [parts({ functionCall: { id: 'a', name: 'ls', args: { x: 1 } } })],
      [called('a', 'ls', '{"x":1}')],
    ],
    [
      'without an id: its exchange and its place name it',
      [parts({ functionCall: { name: 'ls' } }), parts({ functionCall: { name: 'ls' } })],
      [called('e1.1', 'ls', '{}'), called('e1.2', 'ls', '{}')],
    ],
    [
      'in a member `response`',
      [{ response: parts({ functionCall: { id: 'a', name: 'ls', args: {} } }) }],
      [called('a', 'ls', '{}')],
    ],
    ['without a name', [parts({ functionCall: { args: {} } })], []],
    ['that is nonsense', [parts({ functionCall: 7 }), { candidates: [9] }], []],
  ])('%s', (_, events, words) => {
    const reader = wordsOf('gemini')
    expect(events.flatMap((event) => reader.event(event as Record<string, unknown>))).toEqual(words)
  })
})

describe('an answer in one piece calls a tool', () => {
  const call = { id: 'a', type: 'function', function: { name: 'ls', arguments: '{}' } }
  test.each<[api: keyof typeof PATHS, body: object]>([
    ['chat', { choices: [{ message: { tool_calls: [call] } }] }],
    ['gemini', parts({ functionCall: { id: 'a', name: 'ls', args: {} } })],
    ['gemini', [parts({ functionCall: { id: 'a', name: 'ls', args: {} } })]],
    [
      'responses',
      { output: [{ type: 'function_call', call_id: 'a', name: 'ls', arguments: '{}' }] },
    ],
  ])('of %s', (api, body) => {
    expect(wordsOf(api).answer(body as Record<string, unknown>)).toEqual([called('a', 'ls', '{}')])
  })
})
