import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  headerValue,
  parseRequestHead,
} from '../../../packages/launcher/dist/http-server/request-head.js'

test('a head is read as it stands: order, case, repeated fields, blanks around values', () => {
  const head = parseRequestHead(
    'POST /v1/a%2Fb?x=1&y=%20 HTTP/1.1\r\nhost: h\r\nX-Two: one\r\nx-two:\ttwo \r\nX-Empty:\r\nx-latin: caf\xe9\r\nContent-Length: 12',
  )
  expect(head).toEqual({
    method: 'POST',
    target: '/v1/a%2Fb?x=1&y=%20',
    headers: [
      ['host', 'h'],
      ['X-Two', 'one'],
      ['x-two', 'two'],
      ['X-Empty', ''],
      ['x-latin', 'caf\xe9'],
      ['Content-Length', '12'],
    ],
    isLatest: true,
    body: 12,
    keepsAlive: true,
    expectsContinue: false,
    wantsUpgrade: false,
  })
})

test.each([
  ['', { keepsAlive: true, body: 0 }],
  ['Connection: close', { keepsAlive: false }],
  ['connection: Keep-Alive, CLOSE', { keepsAlive: false }],
  ['Transfer-Encoding: Chunked', { body: 'chunked' }],
  ['Content-Length: 3', { body: 3 }],
  ['Expect: 100-Continue', { expectsContinue: true }],
  ['Connection: Upgrade\r\nUpgrade: websocket', { wantsUpgrade: true }],
  ['Upgrade: h2c', { wantsUpgrade: false }],
])('with %j it says %j', (fields, said) => {
  expect(parseRequestHead(`GET / HTTP/1.1${fields && '\r\n'}${fields}`)).toMatchObject(said)
})

test('HTTP/1.0 keeps no connection and gets no chunks', () => {
  const head = parseRequestHead('GET / HTTP/1.0\r\nConnection: keep-alive')
  expect(head).toMatchObject({ isLatest: false, keepsAlive: false })
})

test('a value is found whatever the case of its name, the first of several', () => {
  const head = parseRequestHead('GET / HTTP/1.1\r\nSession-ID: 1\r\nsession-id: 2')
  expect(headerValue(head?.headers ?? [], 'session-id')).toBe('1')
  expect(headerValue(head?.headers ?? [], 'session-i')).toBeUndefined()
})

const REFUSED = [
  ...['', 'GET', 'GET /', 'GET / HTTP/2.0', 'GET / HTTP/1.2', 'GET  / HTTP/1.1', 'G\tT / HTTP/1.1'],
  ...['GET / HTTP/1.1 ', ' GET / HTTP/1.1', 'GET /a b HTTP/1.1', 'G(T / HTTP/1.1'],
  ...['no colon', ': no name', 'a name: x', 'name : x', 'a: b\rc', 'a: b\nc: d', 'a: b\0c'].map(
    (field) => `GET / HTTP/1.1\r\nHost: h\r\n${field}`,
  ),
  'GET / HTTP/1.1\r\nHost: h\r\na: b\r\n  goes on',
  ...['-1', '+1', '1.5', '0x10', '1 2', '1,1', '12345678901234567890', ''].map(
    (length) => `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ${length}`,
  ),
  'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1',
  'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked',
  'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip',
  'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, gzip',
  'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked',
]

test.each(REFUSED)('%j is no head', (text) => {
  expect(parseRequestHead(text)).toBeUndefined()
})

describe('what it takes, the server of Node takes', () => {
  const server = createServer((request, response) => response.end(`${request.method}`))
  beforeAll(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterAll(() => server.close())

  test('whatever three pieces of a request it is put together from', async () => {
    const lines = ['GET / HTTP/1.1', 'PUT /x HTTP/1.1', 'GET / HTTP/1.0', 'get / HTTP/1.1']
    const fields = ['Host: h', 'Content-Length: 0', 'a : b', 'a: b', 'é: b', 'Connection: close']
    let taken = 0
    for (const line of lines) {
      for (const one of fields) {
        for (const other of fields) {
          const text = `${line}\r\nHost: h\r\n${one}\r\n${other}`
          if (parseRequestHead(text) === undefined) continue
          // Node knows its methods by a list; any word in capitals goes for us.
          if (line.startsWith('get')) continue
          taken += 1
          expect([text, await answerOf(text)]).toEqual([text, expect.stringMatching(/ 200 /)])
        }
      }
    }
    expect(taken).toBeGreaterThan(30)
  })

  async function answerOf(text: string): Promise<string> {
    const { port } = server.address() as AddressInfo
    const socket = connect(port, '127.0.0.1')
    socket.end(`${text}\r\n\r\n`, 'latin1')
    let answer = ''
    for await (const bytes of socket) answer += bytes
    return answer
  }
})
