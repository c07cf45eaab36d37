import { expect, test } from 'vitest'
import {
  changedHead,
  rewrittenLocation,
  rewrittenRequest,
} from '../../../../packages/launcher/dist/taps/http/rewritten-head.js'
import { readRequestHead } from '../../../../packages/launcher/dist/taps/http/wire/message-head.js'

const HEAD =
  'POST  /secret/v1/x HTTP/1.1\r\nhOsT:   127.0.0.1:9\r\nX-a:b\r\nAuthorization: k\r\n folded\r\nX-é: ü\r\n\r\n'

function rewritten(text: string, changes: Partial<Parameters<typeof rewrittenRequest>[2]>) {
  const head = readRequestHead(text)
  if (head === undefined) throw new Error('no head')
  const all = { target: '/v1/x', host: 'api.example', ...changes }
  return {
    wire: rewrittenRequest(Buffer.from(text, 'latin1'), head, all).toString('latin1'),
    headers: changedHead(head, all).headers,
  }
}

test('the target and the host become others, and every other byte stays', () => {
  const { wire, headers } = rewritten(HEAD, {})
  expect(wire).toBe(HEAD.replace('/secret/v1/x', '/v1/x').replace('127.0.0.1:9', 'api.example'))
  expect(headers).toEqual([
    ['hOsT', 'api.example'],
    ['X-a', 'b'],
    ['Authorization', 'k folded'],
    ['X-é', 'ü'],
  ])
})

for (const [oddly, head] of [
  [
    'as most are',
    'GET /a/b HTTP/1.1\r\nAccept: /a/b\r\nHost: 127.0.0.1:9\r\nX-Host: 127.0.0.1:9\r\n\r\n',
  ],
  ['with Host last, and no blank', 'GET /a/b HTTP/1.1\nx: y\nHOST:127.0.0.1:9\n\n'],
  ['with a blank behind the name', 'GET /a/b HTTP/1.1\r\nHost : 127.0.0.1:9\r\nx: y\r\n\r\n'],
  ['with a blank line before', '\r\nGET /a/b HTTP/1.1\r\nHost: 127.0.0.1:9\r\n\r\n'],
  ['with blanks behind the value', 'GET /a/b HTTP/1.1\r\nHost: 127.0.0.1:9 \t\r\nx: y\r\n\r\n'],
  ['with a host that goes on', 'GET /a/b HTTP/1.1\r\nHost: 127.0.0.1:9\r\n \r\nx: y\r\n\r\n'],
] as const)
  test(`a head ${oddly} gets the other target and the other host`, () => {
    const { wire } = rewritten(head, { target: '/c' })
    const whole = head.replace('/a/b', '/c').replace(/^\r\n/, '')
    const name = /\nHost ?: ?127.0.0.1:9[ \t]*(\r\n [ ]*(?=\r))?/i
    expect(wire).toBe(
      whole.replace(name, (found) => `${found.slice(0, found.indexOf('127'))}api.example`),
    )
  })

test('what is dropped goes with the lines that it goes on in; what is added comes before Host', () => {
  const { wire, headers } = rewritten(HEAD, {
    dropped: new Set(['authorization']),
    added: [['proxy-authorization', 'Basic x']],
  })
  expect(wire).not.toContain('folded')
  expect(wire).toContain('\r\nproxy-authorization: Basic x\r\nhOsT:')
  expect(headers[0]).toEqual(['proxy-authorization', 'Basic x'])
})

test('a head of bare LF stays one', () => {
  const { wire } = rewritten('GET /secret/v1/x HTTP/1.0\nHost: a\n\n', { added: [['b', 'c']] })
  expect(wire).toBe('GET /v1/x HTTP/1.0\nb: c\nHost: api.example\n\n')
})

test('a URL of ours in Referer is that of the upstream', () => {
  const head = 'GET /a HTTP/1.1\r\nHost: 127.0.0.1:9\r\nReferer: http://127.0.0.1:9/b\r\n\r\n'
  const { wire } = rewritten(head, {
    target: '/a',
    referer: 'https://api.example/b',
  })
  expect(wire).toContain('Referer: https://api.example/b\r\n')
})

test('of a redirection only the value of Location changes', () => {
  const wire = Buffer.from('HTTP/1.1 307 X\r\nlocation:\thttp://a/b \r\nLocation-X: c\r\n\r\n')
  expect(rewrittenLocation(wire, 'http://t/~1/b').toString()).toBe(
    'HTTP/1.1 307 X\r\nlocation:\thttp://t/~1/b\r\nLocation-X: c\r\n\r\n',
  )
})
