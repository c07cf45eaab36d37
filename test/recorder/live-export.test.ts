import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type ExportRecord,
  type Manifest,
  type OtlpSpan,
  plainAttributes,
  SESSION_FILES,
  type TracesData,
} from '@tacho/format'
import { expect, test } from 'vitest'
import { SessionOnDisk } from '../agents/session-on-disk.js'
import { fastDirectory } from '../faults/fast-directory.js'
import { recordExchanges, SESSION_ID, startRecording } from '../faults/recorded-session.js'
import { eventually, repositoryRoot, start } from '../host/index.js'
import { httpCollector } from '../otlp/collectors.js'

const WORDS = 'quota exceeded \u001b]0;owned\u0007'
const PRINTED = 'quota exceeded \\u{1b}]0;owned\\u{7}'

test('spans that a collector rejects are not delivered, and the folder says so and why', async () => {
  const rejected = { partialSuccess: { rejectedSpans: '2', errorMessage: WORDS } }
  const collector = await httpCollector({ answer: Buffer.from(JSON.stringify(rejected)) })
  const root = fastDirectory()
  const recording = startRecording(root, {
    environment: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${collector.address}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    },
  })
  const folder = join(root, SESSION_ID)
  recordExchanges(recording, 2)
  const exports = () => linesOf(folder, SESSION_FILES.export) as ExportRecord[]
  await eventually(() => expect(exports()).not.toEqual([]))
  await recording.close({ exitCode: 0 })
  const [first] = exports()
  expect(first).toMatchObject({ kind: 'rejected', count: 2, reason: PRINTED })
  const manifest = JSON.parse(
    readFileSync(join(folder, SESSION_FILES.manifest), 'utf8'),
  ) as Manifest
  const sent = exports().reduce((sum, { spanIds }) => sum + spanIds.length - 2, 0)
  const [live] = manifest.runs[0]?.live ?? []
  expect(live).toMatchObject({ delivered: sent, reason: `2 rejected: ${PRINTED}` })
  expect(readFileSync(join(folder, SESSION_FILES.log), 'utf8')).toContain(
    `live export: traces to http://${collector.address}/v1/traces: 2 rejected: ${PRINTED}`,
  )
})

test('what is sent live is what the two logs say together, attribute for attribute', async () => {
  const collector = await httpCollector()
  const root = fastDirectory()
  const recording = startRecording(root, {
    environment: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${collector.address}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    },
  })
  recordExchanges(recording, 2)
  // One request that is for no model, and one that the API refuses.
  const conversation = { sessionId: SESSION_ID, threadId: SESSION_ID, turnId: 'turn-1' }
  for (const [method, path, status] of [
    ['GET', 'models', 200],
    ['POST', 'responses', 429],
  ] as const) {
    const url = `http://127.0.0.1:4000/v1/${path}?page=1`
    const headers: [string, string][] = [['User-Agent', 'codex/1']]
    const exchange = recording.exchange({ method, url, headers, provider: 'openai', conversation })
    exchange.requestBytes(Buffer.from(method === 'POST' ? '{"model":"m"}' : ''))
    exchange.requestEnd()
    exchange.responseHead(status, 'So', [['content-type', 'application/json']])
    exchange.responseBytes(Buffer.from('{"error":{"type":"slow_down","message":"too fast"}}'))
    exchange.sent({ address: '127.0.0.1', port: 4000 })
    exchange.end({ state: 'completed' })
  }
  recording.later.settleAll()
  const isChat = ({ name }: OtlpSpan) => name.startsWith('chat')
  const arrived = () =>
    collector.arrived.flatMap(({ body }) => spansOf(JSON.parse(body.toString()) as TracesData))
  await eventually(() => expect(arrived().filter(isChat)).toHaveLength(3))
  await recording.close({ exitCode: 0 })
  const session = new SessionOnDisk(join(root, SESSION_ID))
  const whole = new Map(session.spans.map((span) => [span.spanId, comparable(span)]))
  for (const span of arrived()) expect(whole.get(span.spanId)).toEqual(comparable(span))
  expect(session.spans.map(({ name }) => name).sort()).toEqual([
    ...['GET', 'POST', 'POST', 'POST', 'chat m', 'chat scripted', 'chat scripted'],
    ...['execute_tool exec_command', 'execute_tool exec_command', 'invoke_agent codex', 'session'],
  ])
  const bytes = readFileSync(join(session.folder, SESSION_FILES.meta)).length
  expect(bytes / 4, 'of spans an exchange').toBeLessThan(3_000)
})

// A thread blocked inside the system would keep its process waiting.
test('a run ends though its certificate is a pipe that nobody writes to', async () => {
  const root = fastDirectory()
  const pipe = join(root, 'certificate')
  execFileSync('mkfifo', [pipe])
  const program = `
    import { recordExchanges, startRecording } from './test/dist/faults/recorded-session.js'
    const recording = startRecording(${JSON.stringify(root)}, { environment: process.env })
    recordExchanges(recording, 1)
    await recording.close({ exitCode: 0 })`
  await using run = start([process.execPath], ['--input-type=module', '--eval', program], {
    cwd: repositoryRoot,
    env: {
      PATH: process.env.PATH,
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://127.0.0.1:9',
      OTEL_EXPORTER_OTLP_CERTIFICATE: pipe,
    },
    stdin: '',
  })
  const { exitCode, stderr } = await run.ended
  expect([exitCode, stderr.toString()]).toEqual([0, ''])
  const manifest = readFileSync(join(root, SESSION_ID, SESSION_FILES.manifest), 'utf8')
  expect((JSON.parse(manifest) as Manifest).runs[0]?.live?.[0]?.undelivered).toBeGreaterThan(0)
})

function spansOf({ resourceSpans }: TracesData): OtlpSpan[] {
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
}

/** The order of attributes does not matter, nor do empty ones. */
function comparable({ attributes, startTimeUnixNano, endTimeUnixNano, ...span }: OtlpSpan) {
  const { traceId, spanId, parentSpanId, name, kind, status } = span
  const times = [startTimeUnixNano, endTimeUnixNano].map(String)
  const said = { ...plainAttributes(attributes) }
  return { traceId, spanId, parentSpanId, name, kind, times, said, code: status?.code ?? 0 }
}

function linesOf(folder: string, name: string): unknown[] {
  try {
    const lines = readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1)
    return lines.map((line) => JSON.parse(line))
  } catch {
    return []
  }
}
