import { describe, expect, test } from 'vitest'
import { factsOfBody } from './read.js'

describe('the error of an answer from status 400 on is found', () => {
  test.each<[where: string, body: object, error: object]>([
    [
      'in its member, with type, code and message',
      { error: { type: 'invalid_request_error', code: 'context_length_exceeded', message: 'M' } },
      { type: 'invalid_request_error', code: 'context_length_exceeded', message: 'M' },
    ],
    ['where its code is null', { error: { type: 't', code: null } }, { type: 't' }],
    [
      'where its code is a number',
      { error: { code: 429, message: 'M' } },
      { code: '429', message: 'M' },
    ],
    ['where it is 0', { error: { code: 0 } }, { code: '0' }],
    [
      'where it is nested',
      { error: { error: { code: 'c', message: 'M' } } },
      { code: 'c', message: 'M' },
    ],
    ['as a text', { error: 'No such model.' }, { message: 'No such model.' }],
    ['as a message alone', { message: 'Unauthorized' }, { message: 'Unauthorized' }],
    ['as a detail', { detail: 'Not for you.' }, { message: 'Not for you.' }],
    ['with its status', { status: 404, error: 'Not Found' }, { status: 404, message: 'Not Found' }],
    ['in a list', [{ error: { code: 400, message: 'M' } }], { code: '400', message: 'M' }],
    [
      'in a list of errors',
      { errors: [{ code: 'model_not_supported', message: 'M' }], status_code: 404 },
      { status: 404, code: 'model_not_supported', message: 'M' },
    ],
    ['nowhere in a list of errors', { errors: ['x'], message: 'M' }, { message: 'M' }],
    ['nowhere', {}, {}],
  ])('%s', (_, body, error) => expect(factsOfBody('chat', body, 400).error).toEqual(error))

  test('however deep it is nested, without an end to the patience', () => {
    let body: object = { code: 'deep' }
    for (let depth = 0; depth < 500; depth += 1) body = { error: body }
    expect(factsOfBody('responses', body, 500).error).toEqual({})
  })
})
