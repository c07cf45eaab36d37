import { answerBuilder, conversationApiOf, readModelRequest } from '@tacho/model'
import { describe, expect, test } from 'vitest'

const USER = { role: 'user', content: 'hi' }

describe('an API is told by the path, and where that is strange, by the body', () => {
  test.each<[url: string, body: unknown, api: string | undefined]>([
    ['https://a.example/v1/responses', {}, 'responses'],
    ['https://a.example/backend-api/codex/responses/compact', { input: [] }, 'responses'],
    ['https://a.example/v1/chat/completions?x=1', { messages: [USER] }, 'chat-completions'],
    ['https://a.example/v1/messages', { messages: [USER] }, 'messages'],
    ['https://a.example/v1beta/models/g:generateContent', {}, 'gemini'],
    ['https://a.example/llm', { input: 'hi' }, 'responses'],
    ['https://a.example/llm', { messages: [USER] }, 'chat-completions'],
    ['https://a.example/llm', { system: 'x', messages: [USER] }, 'messages'],
    ['https://a.example/llm', { contents: [] }, 'gemini'],
    ['https://a.example/llm', { query: 'hi' }, undefined],
    ['https://a.example/llm', ['hi'], undefined],
    ['not a URL', null, undefined],
  ])('%s %j', (url, body, api) => {
    expect(conversationApiOf(url, body)).toBe(api)
  })
})

describe('of a foreign shape, all is kept as it is', () => {
  test.each<[body: unknown, parameters: object[]]>([
    [
      { query: 'hi', top: 3 },
      [
        { name: 'query', value: 'hi' },
        { name: 'top', value: 3 },
      ],
    ],
    [['hi'], [{ name: 'body', value: ['hi'] }]],
    ['hi', [{ name: 'body', value: 'hi' }]],
    [null, [{ name: 'body', value: null }]],
  ])('%j', (body, parameters) => {
    const request = readModelRequest('https://a.example/search', body)
    expect(request).toMatchObject({ parameters, tools: [], instructions: [], messages: [] })
  })

  test('an answer too', () => {
    const builder = answerBuilder(undefined)
    builder.add({ found: 3 })
    expect(builder.answer()).toEqual({ messages: [], other: [{ found: 3 }] })
  })
})

describe('whatever a member holds, each API reads all of it, and nothing is lost', () => {
  const STRANGE = [null, true, 7, 'lone', [], {}, [[]], [null], [{ type: 3 }], { a: { b: 'lone' } }]
  const URLS = {
    responses: ['instructions', 'input', 'tools', 'model'],
    'chat/completions': ['messages', 'tools', 'functions', 'model'],
    messages: ['system', 'messages', 'tools', 'model'],
    'models/g:generateContent': ['systemInstruction', 'contents', 'tools', 'model'],
  }
  for (const [path, members] of Object.entries(URLS)) {
    for (const member of members) {
      test(`${path}: ${member}`, () => {
        for (const value of STRANGE) {
          const request = readModelRequest(`https://a.example/v1/${path}`, { [member]: value })
          const holdsText = JSON.stringify(value).includes('lone')
          if (holdsText) expect(JSON.stringify(request)).toContain('lone')
        }
      })
    }
  }
})
