import { describe, expect, test } from 'vitest'
import { type Told, toldRequests, toldResponses } from './told.js'

type Case = [title: string, bytes: string, told: Partial<Told>]

const OK = 'HTTP/1.1 200 OK\r\n'
const TEXT = { head: '200 OK', content: 'hello', trailers: [] }

const RESPONSES: Case[] = [
  ['a length', `${OK}Content-Length: 5\r\n\r\nhello`, { messages: [TEXT] }],
  [
    'chunks',
    `${OK}transfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n`,
    { messages: [TEXT] },
  ],
  [
    'chunks with blanks, extensions, upper case, leading zeros and bare LF',
    `${OK}Transfer-Encoding: gzip, Chunked\n\n2 ;a=b\r\nhe\r\n 0003   \r\nllo\r\n0  \n\n`,
    { messages: [TEXT] },
  ],
  [
    'trailers',
    `${OK}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 42\r\nY: \r\n\r\n`,
    {
      messages: [
        {
          ...TEXT,
          trailers: [
            ['X-Sum', '42'],
            ['Y', ''],
          ],
        },
      ],
    },
  ],
  ['the end of the connection', `${OK}\r\nhello`, { messages: [TEXT] }],
  [
    'a coding that is no chunks',
    `${OK}transfer-encoding: identity\r\ncontent-length: 2\r\n\r\nhello`,
    { messages: [TEXT] },
  ],
  [
    'a length beside chunks',
    `${OK}content-length: 99\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    { messages: [TEXT] },
  ],
  [
    'one length twice',
    `${OK}content-length: 5\r\ncontent-length: 5\r\n\r\nhello`,
    { messages: [TEXT] },
  ],
  [
    'no reason phrase',
    'HTTP/1.1 200\r\ncontent-length: 5\r\n\r\nhello',
    { messages: [{ ...TEXT, head: '200 ' }] },
  ],
  [
    'interim answers before it',
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${OK}content-length: 5\r\n\r\nhello`,
    {
      messages: [
        { head: '100 Continue', content: '', trailers: [] },
        { head: '103 Early Hints', content: '', trailers: [] },
        TEXT,
      ],
    },
  ],
  [
    'another answer behind it',
    `${OK}content-length: 5\r\n\r\nhello\r\n${OK}content-length: 5\r\n\r\nhello`,
    { messages: [TEXT, TEXT] },
  ],
  [
    '204, which has no body',
    `HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n`,
    { messages: [{ head: '204 No Content', content: '', trailers: [] }] },
  ],
  [
    '101, behind which all is something else',
    'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n\x81\x05hello',
    { messages: [{ head: '101 Switching Protocols', content: '' }], opaque: '\x81\x05hello' },
  ],
  [
    'what is no HTTP',
    'hello there\r\n\r\nand so on',
    { messages: [], opaque: 'hello there\r\n\r\nand so on', reason: 'it is not HTTP/1' },
  ],
  [
    'two lengths',
    `${OK}content-length: 5\r\ncontent-length: 6\r\n\r\nhello`,
    { opaque: 'hello', reason: 'the length of the body is not told' },
  ],
  [
    'a chunk size that is none',
    `${OK}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\nxyz\r\n`,
    { opaque: 'xyz\r\n', reason: 'a chunk has no size' },
  ],
  [
    'a chunk that is longer than it says',
    `${OK}transfer-encoding: chunked\r\n\r\n2\r\nhello\r\n`,
    { opaque: 'llo\r\n', reason: 'a chunk does not end where its size says' },
  ],
]

const REQUESTS: Case[] = [
  [
    'no body',
    'GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n',
    { messages: [{ head: 'GET /a?b HTTP/1.1', content: '', trailers: [] }] },
  ],
  [
    'blank lines before it',
    '\r\n\r\nGET /a HTTP/1.0\r\n\r\n',
    { messages: [{ head: 'GET /a HTTP/1.0', content: '', trailers: [] }] },
  ],
  [
    'one behind the other',
    'POST /a HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}POST /b HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
    {
      messages: [
        { head: 'POST /a HTTP/1.1', content: '{}', trailers: [] },
        { head: 'POST /b HTTP/1.1', content: '{}', trailers: [] },
      ],
    },
  ],
  ['what is no HTTP', '\x16\x03\x01\x02\x00\n\n', { messages: [], reason: 'it is not HTTP/1' }],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', { messages: [], reason: 'it is not HTTP/1' }],
  [
    'a head without an end',
    'GET /a HTTP/1.1\r\nHost',
    { messages: [], opaque: 'GET /a HTTP/1.1\r\nHost', reason: 'the head has no end' },
  ],
  [
    'a head that is too long',
    `GET /a HTTP/1.1\r\nX: ${'x'.repeat(70_000)}`,
    { messages: [], reason: 'the head is too long' },
  ],
]

for (const [side, cases, toldOf] of [
  ['a response', RESPONSES, toldResponses],
  ['a request', REQUESTS, toldRequests],
] as const) {
  describe(`${side} with`, () => {
    test.each(cases)('%s is read, and every byte is told', (_, text, wanted) => {
      const bytes = Buffer.from(text, 'latin1')
      const told = toldOf([bytes])
      expect(told).toMatchObject(wanted)
      expect(told.wire).toBe(text)
    })

    test.each(cases)('%s is read the same, however it is cut', (_, text) => {
      const bytes = Buffer.from(text, 'latin1')
      const whole = toldOf([bytes])
      const step = Math.max(1, Math.floor(bytes.length / 300))
      for (let at = 1; at < bytes.length; at += step) {
        expect(toldOf([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(whole)
      }
      if (bytes.length < 1000)
        expect(toldOf([...bytes].map((byte) => Buffer.of(byte)))).toEqual(whole)
    })
  })
}

test('an answer to HEAD has no body, whatever its length', () => {
  const text = `${OK}content-length: 5\r\n\r\n${OK}content-length: 5\r\n\r\n`
  expect(toldResponses([Buffer.from(text)], 'HEAD').messages).toHaveLength(2)
})
