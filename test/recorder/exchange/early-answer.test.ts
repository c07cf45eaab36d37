import { gzipSync } from 'node:zlib'
import type { ExchangeState, Headers } from '@tacho/format'
import { describe, expect, test } from 'vitest'
import { SessionOnDisk } from '../../agents/session-on-disk.js'
import { begin, recorded, recordingOf } from './recorded.js'

const recording = recordingOf()
const LENGTH: Headers = [['Content-Length', '6']]
const CHUNKED: Headers = [['Transfer-Encoding', 'chunked']]

test('a request whose answer begins before it is sent is recorded whole, behind it', async () => {
  const exchange = begin(recording, LENGTH)
  exchange.requestBytes(Buffer.from('abc'))
  exchange.responseHead(200, 'OK', [])
  exchange.responseBytes(Buffer.from('one]\n'))
  exchange.requestBytes(Buffer.from('def'))
  exchange.requestEnd()
  exchange.responseBytes(Buffer.from('two]\n'))
  const { kinds, request, end } = await recorded(recording, exchange)
  expect(kinds).toBe('exchange response chunk request-body chunk end')
  expect(request).toMatchObject({ content: 'abcdef', bytes: 6 })
  expect(request?.cut).toBeUndefined()
  expect(end).toMatchObject({ requestBytes: 6 })
})

describe('a request that was not seen whole when its exchange is over is told as cut', () => {
  const cases: [name: string, headers: Headers, sent: string, state: ExchangeState, cut?: true][] =
    [
      ['half of the announced bytes', LENGTH, 'abc', 'completed', true],
      ['none of them', LENGTH, '', 'failed', true],
      ['chunks without an end', CHUNKED, 'abc', 'cancelled', true],
      ['all announced bytes', LENGTH, 'abcdef', 'completed'],
      ['none, and none were announced', [], '', 'completed'],
      ['none, and that was announced', [['content-length', '0']], '', 'completed'],
    ]
  test.each(cases)('%s', async (_name, headers, sent, state, cut) => {
    const exchange = begin(recording, headers)
    if (sent !== '') exchange.requestBytes(Buffer.from(sent))
    exchange.responseHead(413, 'Too Large', [])
    const { request, end } = await recorded(recording, exchange, { state })
    expect([request?.content, request?.cut]).toEqual([sent, cut])
    expect(end).toMatchObject({ requestBytes: sent.length, state })
  })
})

test('one whose end was told stands before its answer, as a rule', async () => {
  const exchange = begin(recording, CHUNKED)
  exchange.requestBytes(Buffer.from('abc'))
  exchange.requestEnd()
  exchange.responseHead(200, 'OK', [])
  const { kinds, request } = await recorded(recording, exchange)
  expect([kinds, request?.cut]).toEqual(['exchange request-body response end', undefined])
})

test('a coded request that was cut is no broken one', async () => {
  const exchange = begin(recording, [...CHUNKED, ['content-encoding', 'gzip']])
  exchange.requestBytes(gzipSync('abc'.repeat(1000)).subarray(0, -4))
  const { request } = await recorded(recording, exchange, { state: 'cancelled' })
  expect(request).toMatchObject({ cut: true, content: 'abc'.repeat(1000), decoded: 'gzip' })
  expect(request?.broken).toBeUndefined()
})

test('bytes that come behind the end are not in the record, and harm nothing', async () => {
  const exchange = begin(recording, LENGTH)
  exchange.requestBytes(Buffer.from('abc'))
  const { kinds } = await recorded(recording, exchange)
  exchange.requestBytes(Buffer.from('def'))
  exchange.requestEnd()
  expect(kinds).toBe('exchange request-body end')
  expect((await recorded(recording, exchange)).kinds).toBe(kinds)
})

test('its chat span says the model and the length, whenever its body came', async () => {
  const own = recordingOf()
  const body = JSON.stringify({ model: 'gpt-5.5', input: 'hi' })
  const exchange = begin(own, [['content-length', String(body.length)]])
  exchange.requestBytes(Buffer.from(body.slice(0, 5)))
  exchange.responseHead(200, 'OK', [])
  exchange.requestBytes(Buffer.from(body.slice(5)))
  exchange.requestEnd()
  await recorded(own, exchange)
  await own.close({ exitCode: 0 })
  const span = new SessionOnDisk(own.latest.folder).spans.find(
    ({ spanId }) => spanId === exchange.id,
  )
  expect(span?.name).toBe('chat gpt-5.5')
  expect(span?.attributes).toContainEqual({
    key: 'tacho.request.bytes',
    value: { intValue: body.length },
  })
})
