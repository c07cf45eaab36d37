import { createRequire } from 'node:module'
import { contentOf } from '@tacho/format'
import { harJson } from '@tacho/reader'
import Ajv from 'ajv'
import { expect, test } from 'vitest'
import {
  endedSpan,
  exchangeRecords,
  FIRST,
  SECOND,
  sessionsDirectory,
  twoExchanges,
  writeSession,
} from '../session-folder.js'
import { ASKED, asked, CONNECTION, message, upgrade } from '../web-socket-session.js'

const require = createRequire(import.meta.url)

type Entry = {
  startedDateTime: string
  time: number
  request: {
    method: string
    cookies: object[]
    queryString: object[]
    postData?: { text: string; _encoding?: string }
    headersSize: number
  }
  response: {
    status: number
    cookies: object[]
    content: { text: string; encoding?: string; size: number; mimeType: string }
    _error?: string
  }
  timings: Record<string, number>
  comment?: string
  _resourceType?: string
  _webSocketMessages?: object[]
  _exchange: string
  _state: string
  _outcome?: string
}

/** The entries of the file, after validating it. */
function entriesOf(raw: object[]): Entry[] {
  const folder = writeSession(sessionsDirectory(), { raw, meta: [] })
  const har = JSON.parse([...harJson({ folder, id: 'x', version: '0.1.0' })].join(''))
  expectValid(har)
  return har.log.entries
}

function expectValid(har: unknown): void {
  const schemas: Record<string, { $id: string }> = require('har-schema')
  const ajv = new Ajv({ allErrors: true })
  ajv.addMetaSchema(require('ajv/lib/refs/json-schema-draft-06.json'))
  ajv.addSchema(Object.values(schemas))
  ajv.validate('har.json#', har)
  expect(ajv.errors).toBeNull()
}

test('exchanges are there with their bodies, states and times', () => {
  const [first, second] = entriesOf(twoExchanges())
  expect(first).toMatchObject({
    _exchange: FIRST,
    _state: 'completed',
    startedDateTime: '2026-11-23T10:00:00.100000Z',
    time: 1200,
    request: { method: 'POST', postData: { text: '{"input":"fix it"}' }, headersSize: -1 },
    response: { status: 200, content: { text: 'data: one\n\ndata: two\n\n', size: 22 } },
    timings: { send: 0.5, wait: 99.5, receive: 1100 },
  })
  expect(first?.response).not.toHaveProperty('_error')
  expect(second).toMatchObject({
    _exchange: SECOND,
    _state: 'in-flight',
    response: { content: { text: 'data: th', mimeType: 'text/event-stream' } },
    timings: { send: 0.5, wait: 99.5, receive: 20 },
  })
  expect(second?.response._error).toMatch(/^in flight/)
})

test('a server that thinks about a request without a body is waited for, and nothing is sent meanwhile', () => {
  const [begin, empty, response, ...rest] = exchangeRecords({ id: FIRST, request: '' })
  const thought = [
    { ...begin, method: 'GET' },
    { ...response, at: 500_000 },
    { ...empty, at: 500_000 },
    ...rest,
  ]
  const [entry] = entriesOf(thought)
  expect(entry?.timings).toMatchObject({ send: 0, wait: 500 })
})

test('what became of an answer is told where it is known', () => {
  const attributes = { 'tacho.exchange.outcome': 'truncated' }
  const ended = endedSpan({ id: FIRST, name: 'chat gpt-5.5', start: 100, end: 1300, attributes })
  const folder = writeSession(sessionsDirectory(), { raw: twoExchanges(), meta: [ended] })
  const har = JSON.parse([...harJson({ folder, id: 'x', version: '0.1.0' })].join(''))
  expect(har.log.entries.map(({ _outcome }: Entry) => _outcome)).toEqual(['truncated', undefined])
})

test('a request that was cut has what was seen of it, and one behind its answer took no time of ours', () => {
  const [begin, request, ...rest] = exchangeRecords({ id: FIRST, request: 'abc', chunks: ['ab'] })
  const cut = { ...request, cut: true, at: 130_000 }
  const [entry] = entriesOf([begin as object, ...rest.slice(0, 2), cut, ...rest.slice(2)])
  expect(entry).toMatchObject({
    request: { postData: { text: 'abc' } },
    comment: expect.stringContaining('over before all of it was seen'),
    timings: { send: 130, wait: 0, receive: 1070 },
  })
})

test('text that is cut within a character by chunks is whole; bytes that are no text are base64', () => {
  const euro = Buffer.from('a€\u{1f600}\ufeff"\\')
  const binary = Buffer.from([0xff, 0, 1, 2, 3, 4, 5])
  const [text, bytes] = entriesOf([
    ...exchangeRecords({
      id: FIRST,
      chunks: [
        contentOf(euro.subarray(0, 2)),
        contentOf(euro.subarray(2, 5)),
        contentOf(euro.subarray(5)),
      ],
    }),
    ...exchangeRecords({
      id: SECOND,
      request: contentOf(binary),
      chunks: [contentOf(binary.subarray(0, 2)), contentOf(binary.subarray(2))],
    }),
  ])
  expect(text?.response.content).toMatchObject({ text: euro.toString(), size: euro.length })
  expect(text?.response.content).not.toHaveProperty('encoding')
  const encoded = binary.toString('base64')
  expect(bytes?.response.content).toMatchObject({ encoding: 'base64', text: encoded })
  expect(bytes?.request.postData).toMatchObject({ _encoding: 'base64', text: encoded })
})

test('cookies and the query stand apart', () => {
  const [entry] = entriesOf(
    exchangeRecords({
      id: FIRST,
      url: 'http://h/v1?a=1&b=%20x&a=2',
      headers: [
        ['Cookie', 'one=1; two=a=b; ; broken'],
        ['X', 'y'],
      ],
    }),
  )
  expect(entry?.request.cookies).toEqual([
    { name: 'one', value: '1' },
    { name: 'two', value: 'a=b' },
  ])
  expect(entry?.request.queryString).toEqual([
    { name: 'a', value: '1' },
    { name: 'b', value: ' x' },
    { name: 'a', value: '2' },
  ])
})

test('what failed or was cancelled says so, and has the bytes that had arrived', () => {
  const error = { side: 'upstream' as const, code: 'ECONNRESET', message: 'gone' }
  const [failed, cancelled] = entriesOf([
    ...exchangeRecords({ id: FIRST, status: 0, state: 'failed', error }),
    ...exchangeRecords({ id: SECOND, chunks: ['half'], state: 'cancelled' }),
  ])
  expect(failed).toMatchObject({ _state: 'failed', response: { status: 0 } })
  expect(failed?.response._error).toBe('failed: ECONNRESET, gone')
  expect(cancelled).toMatchObject({ _state: 'cancelled', response: { content: { text: 'half' } } })
})

test('a response that is not what arrived is given as far as it is there, with the reason', () => {
  const raw = exchangeRecords({ id: FIRST, chunks: ['one', 'two'] })
  const [entry] = entriesOf(
    raw.filter((record) => !('content' in record) || record.content !== 'two'),
  )
  expect(entry?.response.content.text).toBe('one')
  expect(entry?.response._error).toMatch(/not whole/)
})

test('the messages of a WebSocket stand with its connection, as DevTools have them', () => {
  const { begin, end } = upgrade({ webSocket: { closedBy: 'agent', sent: 2, received: 3 } })
  const entries = entriesOf([
    ...begin,
    message({ at: 20_000, content: '' }),
    ...asked({ id: ASKED, start: 100, message: { input: ['é'] }, events: [{ a: 1 }, { b: 2 }] }),
    message({ type: 'binary', from: 'agent', content: 'text' }),
    message({ type: 'close', code: 1000, content: [{ omitted: 4 }] }),
    ...end,
    // Its connection is missing from the log: it stands alone.
    ...asked({ id: SECOND, connection: FIRST, message: { input: [] }, isPrewarm: true }),
  ])
  const base = Date.parse('2026-11-23T10:00:00Z') / 1000
  const ofAsked = { opcode: 1, _exchange: ASKED, _number: 2 }
  expect(entries).toMatchObject([
    { _exchange: CONNECTION, _resourceType: 'websocket', response: { status: 101 } },
    { _exchange: SECOND, _prewarm: true, response: { status: 0 } },
  ])
  expect(entries[1]).not.toHaveProperty('_webSocketMessages')
  expect(entries[0]?._webSocketMessages).toEqual([
    { type: 'receive', time: base + 0.07, opcode: 9, data: '' },
    { type: 'send', time: base + 0.1005, ...ofAsked, data: '{"input":["é"]}' },
    { type: 'receive', time: base + 0.22, ...ofAsked, data: '{"a":1}' },
    { type: 'receive', time: base + 0.23, ...ofAsked, data: '{"b":2}' },
    { type: 'send', time: base + 0.11, opcode: 2, data: 'dGV4dA==' },
    {
      type: 'receive',
      time: base + 0.11,
      opcode: 8,
      data: '',
      _code: 1000,
      _missing: 'A message is not whole: 4 bytes of this body were not kept.',
    },
  ])
})

test('an exchange that names a connection which was over, or not there yet, stands by itself', () => {
  const { begin, end } = upgrade({ webSocket: { closedBy: 'agent', sent: 0, received: 0 } })
  const early = asked({ id: SECOND, message: {} })
  const late = asked({ id: ASKED, message: {} })
  expect(entriesOf([...early, ...begin, ...end, ...late])).toMatchObject([
    { _exchange: SECOND },
    { _exchange: CONNECTION, _webSocketMessages: [] },
    { _exchange: ASKED },
  ])
})
