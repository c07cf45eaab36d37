import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createNetServer } from 'node:net'
import {
  type DeliveredRecord,
  type OtlpSpan,
  plainAttributes,
  type TracesData,
} from '@tacho/format'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { some } from '../faults/extent.js'
import { eventually } from '../host/index.js'
import { startCollector } from '../launcher/taps/otlp/collector.js'
import { execCommand, type Script } from '../scripted-model/index.js'
import { outcomeOf } from './alike.js'
import type { SessionOnDisk } from './session-on-disk.js'
import { startTachoToKill } from './tacho-to-kill.js'
import { EXEC, type Workplace, workplace } from './workplace.js'

const CALL = { text: 'One moment.', calls: [execCommand('true')] }
const SCRIPT: Script = [CALL, { text: 'Done.' }]
const TURN = ['codex', ...EXEC, '--persist-session', 'Go']
const KEY = 'collector-key-0123456789'

describe('a session that is sent out while it runs', () => {
  let place: Workplace
  let session: SessionOnDisk
  let url: string
  const exports: { path: string; key: unknown; body: TracesData }[] = []

  beforeAll(async () => {
    await using collector = await startCollector()
    url = collector.url
    place = await workplace([CALL, { text: 'Done.', holdAfter: 1 }], {
      environment: {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_EXPORTER_OTLP_HEADERS: `x-key=${KEY}`,
        OTEL_LOGS_EXPORTER: 'otlp',
        OTEL_SERVICE_NAME: 'my-agent',
        OTEL_RESOURCE_ATTRIBUTES: `team=flight,note=${KEY}`,
      },
    })
    await using tacho = place.startTacho(TURN, { stdin: '' })
    // On a busy machine none may be accepted within the time that the end waits.
    await eventually(() => expect(place.session().names()).toContain('session_export.log'))
    place.model.release()
    const ended = await tacho.ended
    expect([ended.exitCode, ended.stderr.toString()]).toEqual([
      0,
      expect.not.stringContaining('tacho:'),
    ])
    session = place.session()
    await place.tacho(['export', 'otlp', 'last'])
    for (const { path, headers, body } of collector.exports) {
      exports.push({ path, key: headers['x-key'], body: JSON.parse(body.toString()) })
    }
  })

  afterAll(() => place[Symbol.asyncDispose]())

  test('arrives whole, under the trace id that is its id, and again only what was not told as delivered', () => {
    const sent = spansOf(
      exports.filter(({ path }) => path === '/v1/traces').map(({ body }) => body),
    )
    expect([...new Set(sent.map(({ spanId }) => spanId))].sort()).toEqual(
      session.spans.map(({ spanId }) => spanId).sort(),
    )
    const undelivered = session.manifest.runs[0]?.live?.[0]?.undelivered ?? 0
    expect(sent.length).toBeLessThanOrEqual(session.spans.length + undelivered)
    expect(new Set(sent.map(({ traceId }) => traceId))).toEqual(
      new Set([session.id.replaceAll('-', '')]),
    )
    for (const span of session.spans) {
      const other = sent.find(({ spanId }) => spanId === span.spanId)
      for (const name of ['name', 'parentSpanId', 'startTimeUnixNano', 'endTimeUnixNano'] as const)
        expect([name, other?.[name]]).toEqual([name, span[name]])
      expect(plainAttributes(other?.attributes ?? [])).toEqual(plainAttributes(span.attributes))
    }
    expect(exports.every(({ key }) => key === KEY)).toBe(true)
  })

  test('and the folder says so: which spans, and how many', () => {
    const delivered = session.lines('session_export.log') as DeliveredRecord[]
    expect(delivered.every(({ endpoint }) => endpoint === `${url}/v1/traces`)).toBe(true)
    expect(delivered.flatMap(({ spanIds }) => spanIds).sort()).toEqual(
      session.spans.map(({ spanId }) => spanId).sort(),
    )
    const [traces, logs] = session.manifest.runs[0]?.live ?? []
    expect(traces).toMatchObject({ signal: 'traces', endpoint: `${url}/v1/traces` })
    expect((traces?.delivered ?? 0) + (traces?.undelivered ?? 0)).toBe(session.spans.length)
    expect(traces?.delivered).toBeGreaterThan(0)
    expect(logs).toMatchObject({ signal: 'logs', endpoint: `${url}/v1/logs` })
    expect(session.mode('session_export.log')).toBe('600')
  })

  test('with its resource as OpenTelemetry says, on the wire and in the file, without the key', () => {
    const line = session
      .lines('session_meta.log')
      .find((one) => 'resourceSpans' in one) as TracesData
    const traces = exports.filter(({ path }) => path === '/v1/traces').map(({ body }) => body)
    expect(traces.length).toBeGreaterThan(0)
    for (const { resourceSpans } of [line, ...traces]) {
      const attributes = resourceSpans[0]?.resource.attributes ?? []
      expect(attributes).toContainEqual({ key: 'service.name', value: { stringValue: 'my-agent' } })
      expect(attributes).toContainEqual({ key: 'team', value: { stringValue: 'flight' } })
    }
    for (const name of session.names()) expect(session.text(name)).not.toContain(KEY)
    expect(JSON.stringify(exports.map(({ body: sent }) => sent))).not.toContain(KEY)
  })

  test('the lines of its debug log as log records', () => {
    const logs = exports.filter(({ path }) => path === '/v1/logs').map(({ body }) => body)
    const text = JSON.stringify(logs)
    expect(text).toContain('codex ended: exit code 0')
    expect(text).toContain(session.id)
    expect(text).toContain('"severityText":"INFO"')
  })
})

/** Whatever a collector does. */
const COLLECTORS: [what: string, start: () => Promise<{ url: string; stop: () => void }>][] = [
  ['is not there', async () => ({ url: 'http://127.0.0.1:9', stop: () => {} })],
  ['never answers', () => serving((socket) => socket.resume())],
  ['hangs up', () => serving((socket) => socket.destroy())],
  ['talks nonsense', () => serving((socket) => socket.write('nonsense\r\n\r\n'))],
  ...[400, 401, 404, 413, 429, 500, 503].map((status): (typeof COLLECTORS)[number] => [
    `answers ${status}`,
    () => answering(status, ''),
  ]),
  ['never ends its answer', () => answering(200, 'x'.repeat(100_000))],
]

describe('a collector that', () => {
  test.each(some(COLLECTORS, 5))(
    '%s costs the host nothing, and is told of',
    async (_, startIt) => {
      const collector = await startIt()
      await using place = await workplace([CALL, { text: 'Done.' }, CALL, { text: 'Done.' }])
      const alone = await place.alone(['exec', ...EXEC.slice(1), 'Go'])
      const ended = await place.tacho(TURN, {
        env: { ...place.environment, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
      })
      collector.stop()
      expect(outcomeOf(ended, place)).toEqual(outcomeOf(alone, place))
      const session = place.session()
      expect(session.ends.map(({ state }) => state)).toEqual(['completed', 'completed'])
      expect(session.spans.length).toBeGreaterThan(5)
      const [live] = session.manifest.runs[0]?.live ?? []
      expect(live).toMatchObject({
        signal: 'traces',
        delivered: 0,
        undelivered: session.spans.length,
      })
      expect(live?.reason).not.toBe('')
      expect(session.names()).not.toContain('session_export.log')
    },
  )
})

test('a setting that means nothing is told in a line, and the session is recorded', async () => {
  await using place = await workplace(SCRIPT, {
    environment: {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:1',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'morse',
    },
  })
  const ended = await place.tacho(TURN)
  expect(ended.exitCode).toBe(0)
  expect(ended.stderr.toString()).toContain(
    'tacho: OTEL_EXPORTER_OTLP_PROTOCOL is "morse"; it is one of http/protobuf, http/json, grpc.',
  )
  expect(place.session().log).toContain('is "morse"')
  expect(place.session().manifest.runs[0]?.live).toBeUndefined()
})

test('after kill -9, what is not told as delivered was not', async () => {
  await using collector = await startCollector({ isHeld: true })
  await using place = await workplace([CALL, { text: 'two three', deltas: 2, holdAfter: 3 }], {
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
  })
  const tacho = startTachoToKill(place, TURN)
  await eventually(() => expect(place.session().ends).toHaveLength(1))
  await eventually(() => expect(collector.exports.length).toBeGreaterThan(0))
  await tacho.kill()
  expect(place.session().spans.length).toBeGreaterThan(0)
  expect(place.session().names()).not.toContain('session_export.log')
})

function spansOf(exports: TracesData[]): OtlpSpan[] {
  return exports
    .flatMap(({ resourceSpans }) => resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ spans }) => spans)
}

async function serving(onConnection: (socket: import('node:net').Socket) => void) {
  const server = createNetServer((socket) => {
    socket.on('error', () => {})
    onConnection(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: urlOf(server.address()), stop: () => server.close() }
}

async function answering(status: number, endless: string) {
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => {
      response.writeHead(status)
      if (endless === '') return response.end()
      const more = () => {
        while (!response.destroyed && response.write(endless)) {}
      }
      response.on('drain', more)
      more()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: urlOf(server.address()),
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}

function urlOf(address: AddressInfo | string | null): string {
  return `http://127.0.0.1:${(address as AddressInfo).port}`
}
