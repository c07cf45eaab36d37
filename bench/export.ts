import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crc32 } from 'node:zlib'
import { encodeLine, otlpAttributes } from '@tacho/format'
import { installedProgram } from './installed-program.js'
import { freePort, listening } from './ports.js'
import type { Row } from './row.js'
import { median } from './statistics.js'

const TACHO = fileURLToPath(new URL('../../packages/cli/bin/tacho.js', import.meta.url))
const SPANS = 100_000
const SESSION = '01900000-0000-7000-8000-00000000000e'
const TRACE = SESSION.replaceAll('-', '')

/**
 * How fast `tacho export otlp` sends a large session to the real Collector, including its start and
 * exit; beside it OpenTelemetry's own load generator, sending as many spans to the same Collector.
 */
export async function benchExport(): Promise<Row[]> {
  const program = await installedProgram('collector')
  if (program === undefined) {
    process.stderr.write(
      'The Collector is not installed. Run: npm run programs collector telemetrygen\n',
    )
    return []
  }
  const folder = mkdtempSync(join(tmpdir(), 'tacho-bench-export-'))
  const collector = await startCollector(program, folder)
  try {
    writeSession(folder)
    const tacho = (protocol: string, port: number) => () =>
      timeOf(process.execPath, [
        ...[TACHO, 'export', 'otlp', SESSION, '--again', '--sessions-dir', folder],
        ...['--endpoint', `http://127.0.0.1:${port}`, '--protocol', protocol],
      ])
    const rates: Row[] = []
    for (const [protocol, port] of [
      ['http/protobuf', collector.http],
      ['http/json', collector.http],
      ['grpc', collector.grpc],
    ] as const) {
      const value = SPANS / (await medianOf(tacho(protocol, port)))
      rates.push({
        what: `tacho export otlp, ${protocol}`,
        value,
        unit: 'spans/s',
        ...(protocol === 'http/protobuf' && { limit: { least: 20_000 } }),
      })
    }
    return [...rates, ...(await generatorRows(collector, rates[0]?.value ?? 0))]
  } finally {
    collector.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function generatorRows(collector: Collector, rate: number): Promise<Row[]> {
  const generator = await installedProgram('telemetrygen')
  if (generator === undefined) return []
  // The generator drops what its queue has no room for, so only what arrived counts.
  const before = await collector.accepted()
  const seconds = await timeOf(generator, [
    ...['traces', '--otlp-http', '--otlp-insecure', '--otlp-endpoint'],
    ...[`127.0.0.1:${collector.http}`, '--traces', String(SPANS / 2), '--child-spans', '1'],
    ...['--workers', '2', '--rate', '0'],
  ])
  const arrived = (await collector.accepted()) - before
  return [
    { what: 'telemetrygen: spans that arrived', value: arrived, unit: `of ${SPANS}` },
    { what: 'telemetrygen: what arrived a second', value: arrived / seconds, unit: 'spans/s' },
    { what: 'tacho export otlp / telemetrygen', value: (rate * seconds) / arrived, unit: '×' },
  ]
}

/** As many spans as an hour of a busy agent leaves, started and ended. */
function writeSession(root: string): void {
  const folder = join(root, SESSION)
  mkdirSync(folder, { mode: 0o700 })
  const file = openSync(join(folder, 'session_meta.log'), 'a', 0o600)
  let lines: Uint8Array[] = []
  for (let number = 0; number < SPANS; number += 1) {
    const span = spanOf(number)
    lines.push(encodeLine({ started: span }, crc32), encodeLine(endedLine(span), crc32))
    if (lines.length < 2000) continue
    writeSync(file, Buffer.concat(lines))
    lines = []
  }
  writeSync(file, Buffer.concat(lines))
  closeSync(file)
  const ran = { startedAt: '2026-11-25T00:00:00.000000Z', endedAt: '2026-11-25T01:00:00.000000Z' }
  const run = {
    id: '00f067aa0ba902b7',
    tacho: '0.1.0',
    pid: 1,
    command: 'exec',
    argv: [],
    cwd: '/',
  }
  const exchanges = { completed: 0, cancelled: 0, failed: 0 }
  const runs = [{ ...run, ...ran, ended: { exitCode: 0 }, exchanges }]
  const { startedAt } = ran
  const manifest = {
    format: 1,
    id: SESSION,
    traceId: TRACE,
    agent: { name: 'codex' },
    startedAt,
    runs,
  }
  writeFileSync(join(folder, 'session.json'), JSON.stringify(manifest))
}

function spanOf(number: number) {
  const spanId = randomBytes(8).toString('hex')
  return {
    traceId: TRACE,
    spanId,
    parentSpanId: '00f067aa0ba902b7',
    name: number % 2 === 0 ? 'chat gpt-5' : 'POST',
    kind: 3,
    startTimeUnixNano: String(1_790_000_000_000_000_000n + BigInt(number) * 1_000_000n),
    attributes: otlpAttributes(
      number % 2 === 0 ? chatAttributes(spanId, number) : httpAttributes(),
    ),
  }
}

const ALL = {
  'session.id': SESSION,
  'gen_ai.conversation.id': SESSION,
  'tacho.turn.id': SESSION,
}

/** The attributes of an exchange's span and of its HTTP span (docs/format.md). */
function chatAttributes(id: string, number: number) {
  return {
    ...ALL,
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-5',
    'gen_ai.response.id': `resp_${id}`,
    'gen_ai.response.model': 'gpt-5-2026-01-01',
    'gen_ai.response.finish_reasons': ['completed'],
    'gen_ai.response.time_to_first_chunk': 0.8125,
    'gen_ai.usage.input_tokens': number,
    'gen_ai.usage.output_tokens': 120,
    'gen_ai.usage.cache_read.input_tokens': number,
    'http.response.status_code': 200,
    'tacho.exchange.id': id,
    'tacho.exchange.state': 'completed',
    'tacho.request.bytes': 40_000,
    'tacho.request.sha256': id.repeat(4),
    'tacho.response.bytes': 20_000,
    'tacho.response.sha256': id.repeat(4),
    'tacho.response.events': 200,
    'tacho.response.text_length': 4_000,
  }
}

function httpAttributes() {
  return {
    ...ALL,
    'http.request.method': 'POST',
    'http.request.method_original': 'POST',
    'url.full': 'https://api.openai.com/v1/responses',
    'url.path': '/v1/responses',
    'url.query': '',
    'url.scheme': 'https',
    'server.address': 'api.openai.com',
    'server.port': 443,
    'user_agent.original': 'codex_exec/0.169.0',
    'network.peer.address': '192.0.2.1',
    'network.peer.port': 443,
    'network.protocol.version': '1.1',
    'http.response.status_code': 200,
  }
}

function endedLine(span: ReturnType<typeof spanOf>): object {
  const endTimeUnixNano = String(BigInt(span.startTimeUnixNano) + 500_000n)
  const scopeSpans = [
    {
      scope: { name: 'tacho', version: '0.1.0' },
      spans: [{ ...span, endTimeUnixNano, status: {} }],
    },
  ]
  const resource = { attributes: otlpAttributes({ 'service.name': 'codex' }) }
  return { resourceSpans: [{ resource, scopeSpans }] }
}

type Collector = { http: number; grpc: number; accepted(): Promise<number>; stop(): void }

/** A Collector that accepts spans and discards them. */
async function startCollector(program: string, folder: string): Promise<Collector> {
  const [http, grpc, metrics] = [await freePort(), await freePort(), await freePort()]
  const config = join(folder, 'collector.yaml')
  writeFileSync(
    config,
    `receivers: { otlp: { protocols: { http: { endpoint: '127.0.0.1:${http}' }, grpc: { endpoint: '127.0.0.1:${grpc}' } } } }
exporters: { debug: { verbosity: basic, sampling_initial: 1, sampling_thereafter: 1000000 } }
service:
  telemetry: { metrics: { readers: [{ pull: { exporter: { prometheus: { host: 127.0.0.1, port: ${metrics} } } } }] } }
  pipelines: { traces: { receivers: [otlp], exporters: [debug] } }
`,
  )
  const child = spawn(program, ['--config', config], { stdio: 'ignore' })
  if (!(await listening(child, http))) throw new Error('the Collector ended at its start')
  return {
    http,
    grpc,
    async accepted() {
      const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text()
      const counts = text.matchAll(/^otelcol_receiver_accepted_spans_total\{.*\} (\d+)/gm)
      return [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
    },
    stop: () => child.kill(),
  }
}

async function medianOf(measure: () => Promise<number>): Promise<number> {
  const seconds: number[] = []
  for (let round = 0; round < 3; round += 1) seconds.push(await measure())
  return median(seconds)
}

async function timeOf(command: string, args: string[]): Promise<number> {
  const start = performance.now()
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const [exitCode] = (await once(child, 'close')) as [number | null]
  if (exitCode !== 0) throw new Error(`${command} ended with ${exitCode}`)
  return (performance.now() - start) / 1000
}
