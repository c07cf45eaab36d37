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
