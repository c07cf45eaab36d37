import { once } from 'node:events'
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createServer as createHttp2Server } from 'node:http2'
import { type AddressInfo, createServer as createNetServer } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import type { DeliveredRecord, OtlpSpan, TracesData } from '@tacho/format'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  endedSpan,
  SESSION_ID,
  type SessionParts,
  sessionsDirectory,
  startedSpan,
  writeSession as writeAnySession,
} from '../reader/session-folder.js'
import { tacho } from './tacho.js'

const TRACE_ID = SESSION_ID.replaceAll('-', '')
const OTHER = '0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5c'

let server: Server
let url: string
/** What has arrived, request by request. */
let batches: OtlpSpan[][]
let answer: (spans: OtlpSpan[]) => number

beforeEach(async () => {
  batches = []
  answer = () => 200
  server = createServer(async (request, response) => {
    const { resourceSpans } = JSON.parse((await buffer(request)).toString()) as TracesData
    const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((one) => one.spans))
    const status = answer(spans)
    if (status === 200) batches.push(spans)
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterEach(() => {
  server.closeAllConnections()
  server.close()
})

test('sends each span that ended, once, as its line has it', async () => {
  const root = sessionsDirectory()
  const folder = writeSession(root)
  const { stdout, stderr, exitCode } = await exported(root, 'last')
  const wanted = endedSpans(folder)
  expect([stdout, stderr, exitCode]).toEqual([
    `${SESSION_ID}  ${wanted.length} spans sent to ${url}/v1/traces\n`,
    '',
    0,
  ])
  expect(arrived().map(({ spanId }) => spanId)).toEqual(wanted.map(({ spanId }) => spanId))
  for (const span of wanted) {
    const sent = arrived().find(({ spanId }) => spanId === span.spanId)
    expect(sent).toMatchObject({
      traceId: TRACE_ID,
      name: span.name,
      kind: span.kind,
      startTimeUnixNano: span.startTimeUnixNano,
      endTimeUnixNano: span.endTimeUnixNano,
      attributes: span.attributes,
    })
  }
})

test('called again it sends nothing, and with --again all of it under the same ids', async () => {
  const root = sessionsDirectory()
  writeSession(root)
  await exported(root, 'last')
  const first = arrived()
  const again = await exported(root, 'last')
  expect(again.stdout).toBe(
    `${SESSION_ID}  0 spans sent to ${url}/v1/traces, ${first.length} were there already\n`,
  )
  expect(arrived()).toEqual(first)
  await exported(root, 'last', '--again')
  expect(arrived()).toEqual([...first, ...first])
})

test('a collector that breaks off in the middle gets the rest the next time, and no span twice', async () => {
  const root = sessionsDirectory()
  const meta = Array.from({ length: 5000 }, (_, index) => ended(idOf(index)))
  writeSession(root, { meta })
  let requests = 0
  answer = () => {
    requests += 1
    return requests === 2 ? 400 : 200
  }
  const broken = await exported(root, 'last')
  expect(broken.exitCode).toBe(1)
  expect(broken.stderr).toMatch(/does not take the spans of .*: HTTP 400/)
  expect(broken.stderr).toContain('the same command sends the rest')
  expect(arrived().length).toBeLessThan(5000)
  const rest = await exported(root, 'last')
  expect(rest.exitCode).toBe(0)
  expect(new Set(arrived().map(({ spanId }) => spanId)).size).toBe(5000)
  expect(arrived()).toHaveLength(5000)
})

test('a collector that cannot just now is asked again, over gRPC, too', async () => {
  const root = sessionsDirectory()
  writeSession(root)
  let requests = 0
  const busy = createHttp2Server().on('stream', (stream) => {
    requests += 1
    stream.resume()
    const head = { ':status': 200, 'content-type': 'application/grpc' }
    // 14 is UNAVAILABLE.
    if (requests < 3) return stream.respond({ ...head, 'grpc-status': 14 }, { endStream: true })
    stream.respond(head, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': 0 }))
    // A response without any field: everything is accepted.
    stream.end(Buffer.alloc(5))
  })
  busy.listen(0, '127.0.0.1')
  await once(busy, 'listening')
  const endpoint = `http://127.0.0.1:${(busy.address() as AddressInfo).port}`
  const where = ['--sessions-dir', root, '--endpoint', endpoint, '--protocol', 'grpc']
  const { stdout, stderr, exitCode } = await tacho(['export', 'otlp', 'last', ...where])
  busy.close()
  expect(stderr).toBe('')
  expect(stdout.toString()).toBe(`${SESSION_ID}  2 spans sent to ${endpoint}\n`)
  expect([exitCode, requests]).toEqual([0, 3])
})

describe('what was in flight', () => {
  const meta = [
    startedSpan({ id: idOf(1), name: 'session', start: 0 }),
    startedSpan({ id: idOf(2), name: 'chat gpt-5', start: 100 }),
    ended(idOf(3)),
  ]

  test('when its session died is sent closed at the last sign of life, and says so', async () => {
    const root = sessionsDirectory()
    writeSession(root, { meta, raw: [], isOpen: true })
    const { stdout } = await exported(root, 'last')
    expect(stdout).toContain('3 spans sent')
    expect(stdout).toContain('2 of them interrupted')
    const closed = arrived().filter(({ attributes }) =>
      attributes.some(({ key }) => key === 'tacho.interrupted'),
    )
    expect(closed.map(({ name }) => name).sort()).toEqual(['chat gpt-5', 'session'])
    const [last] = arrived()
    expect(closed.every((one) => one.endTimeUnixNano === last?.endTimeUnixNano)).toBe(true)
    expect((await exported(root, 'last')).stdout).toContain('0 spans sent')
  })

  test('in a session that is running is left for later', async () => {
    const root = sessionsDirectory()
    writeSession(root, { meta, raw: [], isOpen: true, run: { pid: process.pid } })
    expect((await exported(root, 'last')).stdout).toContain('1 span sent')
    expect(arrived()).toHaveLength(1)
  })
})

describe('many sessions', () => {
  const both = () => {
    const root = sessionsDirectory()
    writeSession(root)
    writeSession(root, { id: OTHER, meta: [ended(idOf(9))] })
    return root
  }

  test('--all sends each, and one that is not taken keeps no other from it', async () => {
    const root = both()
    answer = (spans) => (spans.some(({ spanId }) => spanId === idOf(1)) ? 400 : 200)
    const { stdout, stderr, exitCode } = await exported(root, '--all')
    expect(stdout).toContain(`${OTHER}  `)
    expect(stderr).toContain('HTTP 400')
    expect(exitCode).toBe(1)
  })

  test('--since takes an age or a date, --json prints an array', async () => {
    const root = both()
    const none = await exported(root, '--since', '1m', '--json')
    expect(JSON.parse(none.stdout.toString())).toEqual([])
    const all = await exported(root, '--since', '2026-11-23', '--json')
    const printed = JSON.parse(all.stdout.toString())
    expect(printed).toMatchObject([
      { id: SESSION_ID, endpoint: `${url}/v1/traces`, alreadyThere: 0, interrupted: 0, refused: 0 },
      { id: OTHER, traceUrl: `http://127.0.0.1:16686/trace/${OTHER.replaceAll('-', '')}` },
    ])
  })
})

test.each([
  [[], 'Name sessions, or take all with --all'],
  [['last', '--all'], 'last and --all exclude each other. Name sessions, or take'],
  [['--since', '7d', '--all'], '--all and --since exclude each other. Name sessions, or take'],
  [['--since', 'yesterday'], 'It is an age (30m, 12h, 7d, 2w) or a time'],
  [['last', '--protocol', 'morse'], 'Allowed choices are http/protobuf, http/json, grpc'],
  [['last', '--endpoint', 'ftp://me:pass@h'], '"ftp://h" is not an OTLP endpoint'],
])('%j is wrong use: %s', async (words, said) => {
  const root = sessionsDirectory()
  writeSession(root)
  const { stderr, exitCode } = await tacho(['export', 'otlp', ...words, '--sessions-dir', root])
  expect(stderr).toContain(said)
  expect(exitCode).toBe(2)
})

test('nobody there: who was asked, why not, and what to do', async () => {
  const root = sessionsDirectory()
  writeSession(root)
  const words = ['export', 'otlp', 'last', '--sessions-dir', root, '--endpoint']
  const { stderr, exitCode } = await tacho([...words, 'http://127.0.0.1:9'])
  expect(stderr).toContain('nobody listens at http://127.0.0.1:9/v1/traces (ECONNREFUSED)')
  expect(stderr).toContain('--endpoint URL')
  expect(exitCode).toBe(1)
})

test('a port that speaks something else is told of at once', async () => {
  const root = sessionsDirectory()
  writeSession(root)
  const other = createNetServer((socket) => {
    // A client that only checks whether somebody listens resets the connection.
    socket.on('error', () => {})
    socket.end('no HTTP\r\n')
  }).listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const where = ['--sessions-dir', root, '--endpoint', `http://127.0.0.1:${port}`]
  const { stderr, exitCode } = await tacho(['export', 'otlp', 'last', ...where])
  other.close()
  expect(stderr).toContain('speaks no HTTP/1.1; is it the port for grpc?')
  expect(exitCode).toBe(1)
})

test('a span that is none, and a line that is cut off, keep no other from being sent', async () => {
  const root = sessionsDirectory()
  const meta = [ended('none'), ended(idOf(1))]
  const folder = writeSession(root, { meta })
  writeFileSync(join(folder, 'session_meta.log'), '{"resourceSpans":[{"res', { flag: 'a' })
  const { stdout, stderr, exitCode } = await exported(root, 'last')
  expect(stdout).toContain('1 span sent')
  expect(stdout).toContain('1 not taken')
  expect(stderr).toContain('could not be read')
  expect(exitCode).toBe(3)
})

test('a sealed session is sent like any other', async () => {
  const [root, plain] = [sessionsDirectory(), sessionsDirectory()]
  const folder = writeSession(root)
  cpSync(folder, join(plain, SESSION_ID), { recursive: true })
  await exported(plain, 'last')
  const wanted = arrived()
  batches = []
  await tacho(['seal', SESSION_ID, '--sessions-dir', root])
  await exported(root, 'last')
  expect(arrived()).toEqual(wanted)
})

test('what was delivered is noted in the folder, for nobody else to read', async () => {
  const root = sessionsDirectory()
  const folder = writeSession(root)
  // As a kill leaves it.
  writeFileSync(join(folder, 'session_export.log'), '{"kind":"deliv', { mode: 0o600 })
  await exported(root, 'last')
  const [torn, line = ''] = readFileSync(join(folder, 'session_export.log'), 'utf8').split('\n')
  expect(torn).toBe('{"kind":"deliv')
  const record = JSON.parse(line) as DeliveredRecord
  expect(record).toMatchObject({ kind: 'delivered', endpoint: `${url}/v1/traces` })
  expect(record.spanIds).toEqual(arrived().map(({ spanId }) => spanId))
})

test('a folder that takes no notes is sent all the same, and a line says what that means', async () => {
  const root = sessionsDirectory()
  const folder = writeSession(root)
  // The one thing that root cannot write to.
  writeFileSync(join(root, 'elsewhere'), '')
  symlinkSync(join(root, 'elsewhere'), join(folder, 'session_export.log'))
  const { stdout, stderr, exitCode } = await exported(root, 'last')
  expect(stdout).toMatch(/\d+ spans sent/)
  expect(stderr).toContain('cannot be written to: next time everything is sent again')
  // A link in the place of one of our files is damage.
  expect(exitCode).toBe(3)
  expect(readFileSync(join(root, 'elsewhere'), 'utf8')).toBe('')
})

async function exported(root: string, ...words: string[]) {
  const where = ['--sessions-dir', root, '--endpoint', url, '--protocol', 'http/json']
  const { stdout, ...rest } = await tacho(['export', 'otlp', ...words, ...where])
  return { ...rest, stdout: stdout.toString() }
}

/** A session whose spans have all ended, by default. */
function writeSession(root: string, parts: SessionParts = {}): string {
  const meta = [
    startedSpan({ id: idOf(1), name: 'session', start: 0 }),
    ended(idOf(1)),
    ended(idOf(2)),
  ]
  return writeAnySession(root, { meta, ...parts })
}

function ended(id: string): object {
  const attributes = { 'session.id': SESSION_ID, 'gen_ai.usage.input_tokens': 7, yes: true }
  return endedSpan({ id, parent: idOf(7), name: 'chat gpt-5', start: 100, end: 900, attributes })
}

function arrived(): OtlpSpan[] {
  return batches.flat()
}

function endedSpans(folder: string): OtlpSpan[] {
  return readFileSync(join(folder, 'session_meta.log'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{"resourceSpans"'))
    .map((line) => JSON.parse(line) as TracesData)
    .flatMap(({ resourceSpans }) => resourceSpans.flatMap(({ scopeSpans }) => scopeSpans))
    .flatMap(({ spans }) => spans)
}

function idOf(index: number): string {
  return index.toString(16).padStart(16, '0')
}
