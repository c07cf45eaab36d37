import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Peers } from '../../../../packages/launcher/dist/network/peer.js'
import {
  EXPORT_BYTES,
  OTLP_HEAD_BYTES,
} from '../../../../packages/launcher/dist/taps/otlp/limits.js'
import type { LogRecord } from '../../../../packages/launcher/dist/taps/otlp/log-record.js'
import { OtlpReceiver } from '../../../../packages/launcher/dist/taps/otlp/otlp-receiver.js'
import type { SpanRecord } from '../../../../packages/launcher/dist/taps/otlp/span-record.js'
import { eventually } from '../../../host/index.js'
import { startStranger } from '../../network/clients.js'
import { type Exported, jsonExport, protobufExport } from './otlp-export.js'

const RECORDS: Exported[] = [
  {
    timeUnixNano: '0',
    observedTimeUnixNano: '1795412734731317577',
    attributes: [
      { key: 'event.name', value: { stringValue: 'codex.tool_decision' } },
      { key: 'words', value: { stringValue: 'één 😀 ' } },
      { key: 'empty', value: { stringValue: '' } },
      { key: 'yes', value: { boolValue: true } },
      { key: 'no', value: { boolValue: false } },
      { key: 'below', value: { intValue: '-1' } },
      { key: 'large', value: { intValue: '4294967296' } },
      { key: 'half', value: { doubleValue: 0.5 } },
      { key: '__proto__', value: { stringValue: 'a name like any other' } },
    ],
  },
  {
    timeUnixNano: '1795412734000001000',
    observedTimeUnixNano: '1795412735000000000',
    attributes: [],
  },
]

const READ: LogRecord[] = [
  {
    at: 1795412734731317,
    attributes: new Map<string, string | number | boolean>([
      ['event.name', 'codex.tool_decision'],
      ['words', 'één 😀 '],
      ['empty', ''],
      ['yes', true],
      ['no', false],
      ['below', -1],
      ['large', 4294967296],
      ['half', 0.5],
      ['__proto__', 'a name like any other'],
    ]),
  },
  { at: 1795412734000001, attributes: new Map() },
]

const JSON_TYPE = 'application/json'
const PROTOBUF_TYPE = 'application/x-protobuf'

let peers: Peers
let receiver: OtlpReceiver
let received: LogRecord[]

beforeEach(async () => {
  received = []
  peers = new Peers()
  receiver = await receiverFor(peers)
})

afterEach(async () => {
  await receiver.close()
  peers.close()
})

function receiverFor(peers: Peers): Promise<OtlpReceiver> {
  return OtlpReceiver.start({ peers, onLogs: (records) => received.push(...records) })
}

describe('an export is read and answered in the form in which it came', () => {
  for (const [type, body, answer] of [
    [JSON_TYPE, jsonExport(RECORDS), '{}'],
    [PROTOBUF_TYPE, protobufExport(RECORDS), ''],
    [`${JSON_TYPE}; charset=utf-8`, jsonExport(RECORDS), '{}'],
  ] as const) {
    for (const encoding of ['identity', 'gzip'] as const) {
      test(`${type}, ${encoding}`, async () => {
        const sent = encoding === 'gzip' ? gzipSync(body) : body
        const { status, headers, text } = await post({
          body: sent,
          headers: { 'content-type': type, 'content-encoding': encoding },
        })
        expect([status, text]).toEqual([200, answer])
        expect(type.startsWith(String(headers['content-type']))).toBe(true)
        expect(received).toEqual(READ)
      })
    }
  }

  test('an export of nothing', async () => {
    for (const [type, body] of [
      [JSON_TYPE, '{}'],
      [PROTOBUF_TYPE, ''],
    ] as const) {
      expect((await post({ body, headers: { 'content-type': type } })).status).toBe(200)
    }
    expect(received).toEqual([])
  })
})

test('spans are read where somebody asked for them: those in JSON', async () => {
  await receiver.close()
  const spans: SpanRecord[] = []
  receiver = await OtlpReceiver.start({
    peers,
    onLogs: () => undefined,
    onSpans: (some) => spans.push(...some),
  })
  const span = {
    ...{ name: 'waits', traceId: '0a', spanId: '0b', kind: 1 },
    ...{ startTimeUnixNano: '1795412734000001000', endTimeUnixNano: '1795412734500001999' },
    attributes: [{ key: 'source', value: { stringValue: 'user' } }],
  }
  const resourceSpans = [{ resource: {}, scopeSpans: [{ scope: {}, spans: [span] }] }]
  const path = '/v1/traces'
  expect((await post({ path, body: JSON.stringify({ resourceSpans }) })).status).toBe(200)
  expect((await post({ path, body: '{}' })).status).toBe(200)
  expect((await post({ path, body: '{"resourceSpans":[null]}' })).status).toBe(400)
  const protobuf = { 'content-type': PROTOBUF_TYPE }
  expect((await post({ path, body: Buffer.of(0x0a, 0), headers: protobuf })).status).toBe(200)
  expect(spans).toEqual([
    {
      ...{ name: 'waits', startedAt: 1795412734000001, endedAt: 1795412734500001 },
      attributes: new Map([['source', 'user']]),
    },
  ])
})

describe('what is no export is refused, and the next one is taken', () => {
  const json = { 'content-type': JSON_TYPE }
  const protobuf = { 'content-type': PROTOBUF_TYPE }
  const good = jsonExport(RECORDS)
  for (const [what, status, options] of [
    ['another path', 404, { path: '/v1/profiles' }],
    ['a path that goes on', 404, { path: '/v1/logs/1' }],
    ['a path below another one', 404, { path: '/x/v1/logs' }],
    ['spans, which nobody asked for', 404, { path: '/v1/traces' }],
    ["a page's Origin", 403, { headers: { ...json, origin: 'http://evil.example' } }],
    ['the Origin of no page', 403, { headers: { ...json, origin: 'null' } }],
    ['an image of a page', 403, { headers: { ...json, 'sec-fetch-site': 'cross-site' } }],
    ['a destination in a page', 403, { headers: { ...json, 'Sec-Fetch-Dest': 'empty' } }],
    ['a Host of another name', 403, { headers: { ...json, host: 'evil.example' } }],
    ['a Host that only means 127.0.0.1', 403, { headers: { ...json, host: '127.1:PORT' } }],
    ['a Host without the port', 403, { headers: { ...json, host: '127.0.0.1' } }],
    ['GET', 405, { method: 'GET', body: '' }],
    ['OPTIONS, as a browser asks', 405, { method: 'OPTIONS', body: '' }],
    ['a content type of a form', 415, { headers: { 'content-type': 'text/plain' } }],
    ['no content type', 415, { headers: {} }],
    ['an encoding that nobody wants', 415, { headers: { ...json, 'content-encoding': 'br' } }],
    ['no JSON', 400, { body: 'garbage' }],
    ['JSON that is cut off', 400, { body: good.subarray(0, good.length - 1) }],
    ['bytes that are no UTF-8', 400, { body: Buffer.from([0x22, 0xff, 0x22]) }],
    ['a list', 400, { body: '[]' }],
    ['null', 400, { body: 'null' }],
    ['a list of nothing', 400, { body: '{"resourceLogs":[null]}' }],
    ['text where a list belongs', 400, { body: '{"resourceLogs":"many"}' }],
    ['a million brackets', 400, { body: '['.repeat(1_000_000) }],
    ['no gzip', 400, { headers: { ...json, 'content-encoding': 'gzip' } }],
    ['JSON as protobuf', 400, { headers: protobuf }],
    ['a length beyond the end', 400, { headers: protobuf, body: Buffer.from([0x0a, 0x7f]) }],
    ['a number without end', 400, { headers: protobuf, body: Buffer.alloc(20, 0xff) }],
    ['a group', 400, { headers: protobuf, body: Buffer.from([0x0b, 0x0c]) }],
    ['more than is taken', 413, { body: Buffer.alloc(EXPORT_BYTES + 1, 0x20) }],
    [
      'gzip of more than is taken',
      413,
      {
        headers: { ...json, 'content-encoding': 'gzip' },
        body: gzipSync(Buffer.alloc(EXPORT_BYTES + 1)),
      },
    ],
  ] as const) {
    test(`${what}: ${status}`, async () => {
      const answer = await post({ headers: json, body: good, ...options })
      expect(answer.status).toBe(status)
      expect(received).toEqual([])
      expect((await post({ headers: json, body: good })).status).toBe(200)
      expect(received).toEqual(READ)
    })
  }

  test('a protobuf body cut at any byte is refused', async () => {
    const body = protobufExport(RECORDS)
    for (let length = 1; length < body.length; length += 1) {
      const answer = await post({ headers: protobuf, body: body.subarray(0, length) })
      expect([length, answer.status]).toEqual([length, 400])
    }
    expect(received).toEqual([])
  })

  test('a refusal says why, as the specification wants it', async () => {
    const inJson = await post({ headers: json, body: 'garbage' })
    expect(JSON.parse(inJson.text)).toEqual({ message: 'the body is not JSON' })
    const inProtobuf = await post({ headers: protobuf, body: Buffer.from([0x0a, 0x7f]) })
    expect(inProtobuf.headers['content-type']).toBe(PROTOBUF_TYPE)
    expect(inProtobuf.text).toBe('\u0012\u0013the body is cut off')
  })
})

describe('where the other end of a connection cannot be told', () => {
  const headers = { 'content-type': JSON_TYPE }
  const body = jsonExport(RECORDS)

  beforeEach(async () => {
    await receiver.close()
    receiver = await receiverFor(new Peers({ tables: [] }))
  })

  test('who knows the secret path is heard', async () => {
    expect((await post({ path: '/SECRET/v1/logs', headers, body })).status).toBe(200)
    expect(received).toEqual(READ)
  })

  for (const [what, path] of [
    ['another secret', `/${'A'.repeat(43)}/v1/logs`],
    ['no secret', '/v1/logs'],
    ['a secret that goes on', '/SECRETx/v1/logs'],
    ['a secret and another path', '/SECRET/v1/profiles'],
  ] as const) {
    test(`${what} is refused`, async () => {
      expect((await post({ path, headers, body })).status).toBe(404)
      expect(received).toEqual([])
    })
  }
})

test('a process that is not the agent is closed before its request is read', async () => {
  await using stranger = startStranger(receiver.port)
  const words = await stranger.stdout.containing('closed')
  expect(words).not.toContain('got')
})

test('an agent of Node is let in: its `fetch` says how, and is no browser', async () => {
  const headers = { 'content-type': JSON_TYPE }
  const answer = await fetch(receiver.endpoint('logs'), {
    method: 'POST',
    headers,
    body: jsonExport(RECORDS),
  })
  expect(answer.status).toBe(200)
})

test('the largest head is taken, and a larger one is not', async () => {
  const body = jsonExport(RECORDS)
  const sized = (bytes: number) => ({ 'content-type': JSON_TYPE, 'x-own': 'x'.repeat(bytes) })
  expect((await post({ headers: sized(OTLP_HEAD_BYTES - 1024), body })).status).toBe(200)
  await expect(post({ headers: sized(OTLP_HEAD_BYTES), body })).rejects.toThrow()
  expect((await post({ headers: sized(0), body })).status).toBe(200)
})

test('the largest body is taken', async () => {
  const padded = Buffer.concat([jsonExport(RECORDS), Buffer.alloc(EXPORT_BYTES, 0x20)])
  const { status } = await post({ body: padded.subarray(0, EXPORT_BYTES) })
  expect([status, received]).toEqual([200, READ])
})

test('a client that goes away in the middle of its body leaves nothing behind', async () => {
  const url = new URL(receiver.endpoint('logs'))
  const headers = { 'content-type': JSON_TYPE, 'content-length': 1000 }
  const leaving = request(url, { method: 'POST', headers })
  leaving.on('error', () => {})
  leaving.write('{"resourceLogs":')
  await once(leaving, 'socket')
  leaving.destroy()
  await eventually(async () => expect((await post({ body: jsonExport(RECORDS) })).status).toBe(200))
  expect(received).toEqual(READ)
})

test('it listens on 127.0.0.1 only, and no longer when it is closed', async () => {
  const other = await OtlpReceiver.start({ peers, onLogs() {} })
  const url = new URL(other.endpoint('logs'))
  expect(url.hostname).toBe('127.0.0.1')
  await other.close()
  await expect(fetch(url, { method: 'POST' })).rejects.toThrow()
})

type Post = {
  method?: string
  path?: string
  headers?: Record<string, string>
  body?: string | Uint8Array
}

/** Sends a request with any Host; `SECRET` and `PORT` stand for the receiver's own. */
async function post(options: Post) {
  const { method = 'POST', path = '/v1/logs', body = '' } = options
  const { host, ...headers } = options.headers ?? { 'content-type': JSON_TYPE }
  const sending = request({
    host: '127.0.0.1',
    port: receiver.port,
    method,
    path: path.replace('SECRET', receiver.secret ?? ''),
    headers: {
      host: (host ?? '127.0.0.1:PORT').replace('PORT', String(receiver.port)),
      ...headers,
    },
  })
  sending.end(body)
  const [answer] = (await once(sending, 'response')) as [IncomingMessage]
  // A rejected body is not read to its end.
  sending.on('error', () => {})
  const text = (await buffer(answer)).toString()
  return { status: answer.statusCode, headers: answer.headers, text }
}
