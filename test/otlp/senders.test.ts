import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import type { TracesData } from '@tacho/format'
import {
  logRecordOf,
  openLogSender,
  openSpanSender,
  otlpSettings,
  type Rejection,
  readableSpans,
  SendError,
} from '@tacho/otlp'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { startCollector } from '../launcher/taps/otlp/collector.js'
import { grpcCollector, httpCollector, ownCertificate } from './collectors.js'

const SPANS = readableSpans({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'codex' } }] },
      scopeSpans: [
        {
          scope: { name: 'tacho', version: '1' },
          spans: [
            {
              traceId: '01900000000070008000000000000001',
              spanId: '00f067aa0ba902b7',
              name: 'chat gpt-5 – façade',
              kind: 3,
              startTimeUnixNano: '1790000000123456000',
              endTimeUnixNano: '1790000001000000789',
              attributes: [{ key: 'whole', value: { intValue: 42 } }],
              events: [],
              links: [],
              status: { code: 0 },
            },
          ],
        },
      ],
    },
  ],
} as unknown as TracesData)

const PROTOCOLS = [
  {
    protocol: 'http/protobuf',
    collector: httpCollector,
    serializer: ProtobufTraceSerializer,
    traces: '/v1/traces',
    logs: '/v1/logs',
    coding: 'content-encoding',
  },
  {
    protocol: 'http/json',
    collector: httpCollector,
    serializer: JsonTraceSerializer,
    traces: '/v1/traces',
    logs: '/v1/logs',
    coding: 'content-encoding',
  },
  {
    protocol: 'grpc',
    collector: grpcCollector,
    serializer: ProtobufTraceSerializer,
    traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
    coding: 'grpc-encoding',
  },
] as const

// OpenTelemetry's exporters read their variables from this process.
afterEach(() => vi.unstubAllEnvs())

const TOLD = { partialSuccess: { rejectedSpans: 1, errorMessage: 'too façade' } }
const JSON_TOLD = JSON.stringify(TOLD)
const JSON_BYTES = Buffer.from(JSON_TOLD)
const PROTOBUF_BYTES = partialSuccess('http/protobuf', 1, 'too façade')
const [IN_JSON, IN_PROTOBUF] = ['application/json', 'application/x-protobuf']
const BYTE_ORDER_MARK = Buffer.from([0xff, 0xfe])

/** Responses from a proxy, or from a collector with ideas of its own. */
const ANSWERS: [name: string, headers: Record<string, string>, answer: Buffer][] = [
  ['in JSON', { 'content-type': IN_JSON }, JSON_BYTES],
  ['in protobuf', { 'content-type': IN_PROTOBUF }, PROTOBUF_BYTES],
  ['in JSON, and does not say so', {}, JSON_BYTES],
  ['in protobuf, and does not say so', {}, PROTOBUF_BYTES],
  [
    'in JSON with the names of protobuf',
    { 'content-type': 'Application/JSON; charset=UTF-8' },
    Buffer.from('{"partial_success":{"rejected_spans":"1","error_message":"too façade"}}'),
  ],
  [
    'in JSON of Latin-1',
    { 'content-type': `${IN_JSON};charset="iso-8859-1"` },
    Buffer.from(JSON_TOLD, 'latin1'),
  ],
  [
    'in JSON of UTF-16',
    { 'content-type': `${IN_JSON}; charset=utf-16le` },
    Buffer.concat([BYTE_ORDER_MARK, Buffer.from(JSON_TOLD, 'utf16le')]),
  ],
  ...(
    [
      ['gzip', gzipSync],
      ['X-GZIP', gzipSync],
      ['deflate', deflateSync],
      ['deflate', deflateRawSync],
      ['br', brotliCompressSync],
      ['identity', (bytes: Buffer) => bytes],
      ['deflate, gzip', (bytes: Buffer) => gzipSync(deflateSync(bytes))],
    ] as const
  ).flatMap(([coding, pack]): typeof ANSWERS => [
    [
      `in JSON by ${pack.name} as ${coding}`,
      { 'content-type': IN_JSON, 'content-encoding': coding },
      pack(JSON_BYTES),
    ],
    [
      `in protobuf by ${pack.name} as ${coding}`,
      { 'content-type': IN_PROTOBUF, 'content-encoding': coding },
      pack(PROTOBUF_BYTES),
    ],
  ]),
]

describe.each(['http/protobuf', 'http/json'])('sent over %s', (protocol) => {
  test.each(ANSWERS)('what was rejected is told %s', async (_, answerHeaders, answer) => {
    const { address } = await httpCollector({ answer, answerHeaders })
    expect(await sendSpans({ ENDPOINT: `http://${address}`, PROTOCOL: protocol })).toEqual({
      count: 1,
      reason: 'too façade',
    })
  })

  test.each<[name: string, headers: Record<string, string>, answer: Buffer]>([
    ['packed as nobody knows', { 'content-encoding': 'none' }, JSON_BYTES],
    ['not what it says', { 'content-encoding': 'gzip' }, JSON_BYTES],
    [
      'larger than any answer',
      { 'content-encoding': 'gzip' },
      gzipSync(Buffer.alloc(2 ** 26, ' ')),
    ],
    ['no JSON', { 'content-type': IN_JSON }, Buffer.from('<html>')],
    ['in letters that nobody knows', { 'content-type': `${IN_JSON};charset=x` }, JSON_BYTES],
  ])('an answer that is %s is a success', async (_, answerHeaders, answer) => {
    const { address } = await httpCollector({ answer, answerHeaders })
    expect(await sendSpans({ ENDPOINT: `http://${address}`, PROTOCOL: protocol })).toBeUndefined()
  })
})

test("another answer of the process is its reader's own", async () => {
  const { address } = await httpCollector({ answer: JSON_BYTES })
  await sendSpans({ ENDPOINT: `http://${address}`, PROTOCOL: 'http/json' })
  const [response] = await once(
    request(`http://${address}/v1/models`, { method: 'POST' }).end(),
    'response',
  )
  let heard = ''
  response.setEncoding('latin1').on('data', (part: string) => {
    heard += part
  })
  await once(response, 'end')
  expect(heard).toBe(JSON_BYTES.toString('latin1'))
})

describe.each(PROTOCOLS)('over $protocol', (of) => {
  const bytes = Buffer.from(of.serializer.serializeRequest(SPANS) ?? [])

  test('spans arrive as they are, where they are to', async () => {
    const { address, arrived } = await of.collector()
    await sendSpans({ ENDPOINT: `http://${address}`, PROTOCOL: of.protocol })
    expect(arrived).toMatchObject([{ path: of.traces, body: bytes }])
    expect(arrived[0]?.headers[of.coding]).toBeUndefined()
  })

  test('what it rejects is counted, with its words, and what they could do to a terminal is undone', async () => {
    const words = 'over \u001b[31mquota\u202e'
    const answer = partialSuccess(of.protocol, 7, words)
    const { address } = await of.collector({ answer })
    const rejection = await sendSpans({ ENDPOINT: `http://${address}`, PROTOCOL: of.protocol })
    expect(rejection).toEqual({ count: 1, reason: 'over \\u{1b}[31mquota\\u{202e}' })
  })

  test('a remark to what it took is passed on, and an empty one is none', async () => {
    const remark = await of.collector({ answer: partialSuccess(of.protocol, 0, 'slow down') })
    const empty = await of.collector({ answer: partialSuccess(of.protocol, 0, '') })
    const to = (address: string) =>
      sendSpans({ ENDPOINT: `http://${address}`, PROTOCOL: of.protocol })
    expect(await to(remark.address)).toEqual({ count: 0, reason: 'slow down' })
    expect(await to(empty.address)).toBeUndefined()
  })

  test('a key that is a pipe is refused, and not waited for', async () => {
    const { address } = await of.collector()
    const pipe = join(mkdtempSync(join(tmpdir(), 'tacho-pipe-')), 'key')
    onTestFinished(() => rmSync(dirname(pipe), { recursive: true }))
    execFileSync('mkfifo', [pipe])
    const sent = sendSpans({
      ENDPOINT: `https://${address}`,
      PROTOCOL: of.protocol,
      CLIENT_KEY: pipe,
    })
    await expect(sent).rejects.toThrow(
      'OTEL_EXPORTER_OTLP_CLIENT_KEY names a file that cannot be read (not a plain file)',
    )
  })

  test('headers go with them: those for all, and before them those for spans', async () => {
    const { address, arrived } = await of.collector()
    await sendSpans({
      ENDPOINT: `http://${address}`,
      PROTOCOL: of.protocol,
      HEADERS: 'x-key=a%20b,x-team=all',
      TRACES_HEADERS: 'x-team=own',
    })
    expect(arrived[0]?.headers).toMatchObject({ 'x-key': 'a b', 'x-team': 'own' })
  })

  test('they are packed by gzip where that is asked for', async () => {
    const { address, arrived } = await of.collector()
    await sendSpans({ ENDPOINT: `http://${address}`, PROTOCOL: of.protocol, COMPRESSION: 'gzip' })
    expect(arrived[0]?.headers[of.coding]).toBe('gzip')
    expect(arrived[0]?.body).toEqual(bytes)
  })

  test('a certificate of their own is trusted where it is named', async () => {
    const certificate = ownCertificate()
    const { address, arrived } = await of.collector({ certificate })
    await sendSpans({
      ENDPOINT: `https://${address}`,
      PROTOCOL: of.protocol,
      CERTIFICATE: certificate.path,
    })
    expect(arrived[0]?.body).toEqual(bytes)
  })

  test('and nothing is sent to one that is not', async () => {
    const { address, arrived } = await of.collector({ certificate: ownCertificate() })
    const sent = sendSpans({
      ENDPOINT: `https://${address}`,
      PROTOCOL: of.protocol,
      TIMEOUT: '500',
    })
    await expect(sent).rejects.toBeInstanceOf(SendError)
    expect(arrived).toEqual([])
  })

  test('an answer is waited for as long as is said, and may be had another time', async () => {
    const { address, arrived } = await of.collector({ isSilent: true })
    const sent = sendSpans({ ENDPOINT: `http://${address}`, PROTOCOL: of.protocol, TIMEOUT: '500' })
    await expect(sent).rejects.toMatchObject({ isRetryable: true, isTooLarge: false })
    expect(arrived.length).toBeGreaterThan(0)
    // Below OpenTelemetry's own ten seconds.
  }, 9_500)

  test('lines of the debug log arrive as log records', async () => {
    const { address, arrived } = await of.collector()
    const settings = settingsOf('logs', {
      LOGS_ENDPOINT: `http://${address}${of.protocol === 'grpc' ? '' : of.logs}`,
      PROTOCOL: of.protocol,
    })
    const sender = await openLogSender(settings)
    onTestFinished(() => sender.close())
    await sender.send([
      logRecordOf({
        at: 1790000000123456,
        level: 'warn',
        label: 'tacho',
        message: 'the words of a line',
        sessionId: '01900000-0000-7000-8000-000000000001',
        traceId: '01900000000070008000000000000001',
        resource: { 'service.name': 'codex' },
      }),
    ])
    expect(arrived.map(({ path }) => path)).toEqual([of.logs])
    expect(arrived[0]?.body.toString('latin1')).toContain('the words of a line')
  })
})

test('a gRPC endpoint without a scheme has TLS, or none where that is said', async () => {
  const plain = await grpcCollector()
  await sendSpans({ ENDPOINT: plain.address, PROTOCOL: 'grpc', INSECURE: 'true' })
  expect(plain.arrived).toHaveLength(1)
  const certificate = ownCertificate()
  const own = await grpcCollector({ certificate })
  await sendSpans({
    ENDPOINT: own.address,
    PROTOCOL: 'grpc',
    CERTIFICATE: certificate.path,
    INSECURE: 'false',
  })
  expect(own.arrived).toHaveLength(1)
})

test('a password in the endpoint is sent, and said to nobody', async () => {
  const { address, arrived } = await httpCollector()
  await sendSpans({ ENDPOINT: `http://me:secret@${address}` })
  const basic = `Basic ${Buffer.from('me:secret').toString('base64')}`
  expect(arrived[0]?.headers.authorization).toBe(basic)
})

test.each([
  [400, { isRetryable: false, isTooLarge: false }],
  [401, { isRetryable: false, isTooLarge: false }],
  [413, { isRetryable: false, isTooLarge: true }],
  [429, { isRetryable: true, isTooLarge: false }],
  [503, { isRetryable: true, isTooLarge: false }],
])('HTTP %i is %j', async (status, refusal) => {
  await using collector = await startCollector({ status })
  const sent = sendSpans({ ENDPOINT: collector.url, TIMEOUT: '200' })
  await expect(sent).rejects.toMatchObject(refusal)
})

/** The settings from these variables, named by what follows OTEL_EXPORTER_OTLP_. */
function settingsOf(signal: 'traces' | 'logs', variables: Record<string, string>) {
  for (const [name, value] of Object.entries(variables)) {
    vi.stubEnv(`OTEL_EXPORTER_OTLP_${name}`, value)
  }
  const settings = otlpSettings(signal, process.env)
  if (settings === undefined) throw new Error('nothing is to be sent')
  return settings
}

async function sendSpans(variables: Record<string, string>): Promise<Rejection | undefined> {
  const sender = await openSpanSender(settingsOf('traces', variables))
  onTestFinished(() => sender.close())
  return sender.send([...SPANS])
}

/**
 * An ExportTraceServiceResponse: `partial_success` is its field 1, with the count in 1 and the
 * message in 2.
 */
function partialSuccess(protocol: string, rejectedSpans: number, errorMessage: string): Buffer {
  if (protocol === 'http/json') {
    return Buffer.from(JSON.stringify({ partialSuccess: { rejectedSpans, errorMessage } }))
  }
  const words = Buffer.from(errorMessage)
  const inner = Buffer.concat([Buffer.from([0x08, rejectedSpans, 0x12, words.length]), words])
  return Buffer.concat([Buffer.from([0x0a, inner.length]), inner])
}
