import { describe, expect, test } from 'vitest'
import { Routes } from '../../../../packages/launcher/dist/taps/http/routes.js'

const TAP = 'http://127.0.0.1:9'
const HEAD = { method: 'GET', target: '/', version: 'HTTP/1.1', headers: [] }

function routes(upstream: string, base: string, secret = '') {
  return new Routes({ secret, base, upstream: () => new URL(upstream) })
}

test.each([
  ['https://a.example/v1', '/v1', '/v1/responses?x', 'https://a.example', '/v1/responses?x'],
  ['https://a.example/v1/', '/v1', '/v1/responses', 'https://a.example', '/v1/responses'],
  ['https://a.example', '', '/models', 'https://a.example', '/models'],
  ['https://a.example/x/y', '/v1', '/v1', 'https://a.example', '/x/y'],
  ['https://a.example/x', '/v1', '/v1?q', 'https://a.example', '/x?q'],
  ['https://a.example/x', '/v1', '/v10/a', 'https://a.example', '/v10/a'],
  [
    'https://a.azure.com/openai',
    '/a.azure.com/openai',
    '/a.azure.com/openai/responses',
    'https://a.azure.com',
    '/openai/responses',
  ],
  ['https://a.example/v1', '/v1', '//evil.example/x', 'https://a.example', '//evil.example/x'],
])('with %s at %s, %s goes to %s%s', (upstream, base, target, origin, path) => {
  expect(routes(upstream, base).routeOf(HEAD, target)).toMatchObject({
    origin,
    target: path,
    isStrange: false,
  })
})

describe('a redirection', () => {
  test.each([
    ['/v2/x', '', undefined],
    ['/v2/x', '/s', '/s/v2/x'],
    ['x', '/s', undefined],
    ['?q', '/s', undefined],
    ['https://a.example/v2/x?q#f', '', `${TAP}/v2/x?q#f`],
    ['https://a.example:443/v2/x', '/s', `${TAP}/s/v2/x`],
    ['//a.example/v2/x', '', `${TAP}/v2/x`],
    ['https://b.example/v2/x', '', `${TAP}/~1/v2/x`],
    ['http://a.example/v2/x', '/s', `${TAP}/s/~1/v2/x`],
    ['mailto:ada@example.com', '', undefined],
    ['https://[', '', undefined],
  ])('to %s at a tap with the secret %j leads to %s', (location, secret, wanted) => {
    const all = routes('https://a.example/v1', '/v1', secret)
    const route = all.routeOf(HEAD, '/v1/responses')
    if (route === undefined) throw new Error('no route')
    expect(all.location(location, route, TAP)).toBe(wanted)
  })

  test('to a strange origin is followed there, without what is for the first, and back', () => {
    const all = routes('https://a.example/v1', '/v1')
    const first = all.routeOf(HEAD, '/v1/responses')
    if (first === undefined) throw new Error('no route')
    all.location('https://b.example/x', first, TAP)
    const strange = all.routeOf(HEAD, '/~1/x?q')
    expect(strange).toEqual({
      origin: 'https://b.example',
      host: 'b.example',
      target: '/x?q',
      prefix: '/~1',
      isStrange: true,
    })
    if (strange === undefined) return
    expect(all.location('/y', strange, TAP)).toBe('/~1/y')
    expect(all.location('https://b.example/y', strange, TAP)).toBe(`${TAP}/~1/y`)
    // Credentials that were dropped once do not come back.
    expect(all.location('https://a.example/v1/responses', strange, TAP)).toBe(
      `${TAP}/~2/v1/responses`,
    )
    expect(all.routeOf(HEAD, '/~2/v1/responses')).toMatchObject({ isStrange: true })
  })

  test('nobody but the upstream names an origin', () => {
    const all = routes('https://a.example/v1', '/v1')
    for (const target of ['/~1/x', '/~0/x', '/~9999999/x', '/~01/x'])
      expect(all.routeOf(HEAD, target)?.origin).toBe(
        target === '/~9999999/x' ? 'https://a.example' : undefined,
      )
  })
})
