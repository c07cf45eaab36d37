import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-node'
import { SessionFileSpanExporter, SessionSpanProcessor } from '@tacho/recorder'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { repositoryRoot, run } from '../host/index.js'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacho-exporter-'))
  path = join(folder, 'spans.jsonl')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function providerWith(processor: SpanProcessor): NodeTracerProvider {
  return new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'somebody-elses' }),
    spanProcessors: [processor],
  })
}

function lines(): Record<string, unknown>[] {
  const text = readFileSync(path, 'utf8')
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

test('with anyone’s own provider each span is an OTLP/JSON line when it ends', async () => {
  const provider = providerWith(new SimpleSpanProcessor(new SessionFileSpanExporter(path)))
  const tracer = provider.getTracer('theirs', '1.2.3')
  const parent = tracer.startSpan('parent', { kind: SpanKind.SERVER, startTime: [1, 5] })
  const child = tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, parent))
  child.setAttributes({ text: 'façade', yes: true, whole: 7, half: 0.5, many: ['a', 'b'] })
  child.addEvent('seen', { at: 'once' }, [2, 0])
  child.setStatus({ code: SpanStatusCode.ERROR, message: 'it broke' })
  child.end()
  expect(lines()).toHaveLength(1)
  parent.end([3, 7])
  const [first, second] = lines()
  expect(first).toMatchObject({
    resourceSpans: [
      {
        resource: {
          attributes: expect.arrayContaining([
            { key: 'service.name', value: { stringValue: 'somebody-elses' } },
          ]),
        },
        scopeSpans: [
          {
            scope: { name: 'theirs', version: '1.2.3' },
            spans: [
              {
                name: 'child',
                kind: 1,
                traceId: parent.spanContext().traceId,
                parentSpanId: parent.spanContext().spanId,
                status: { code: 2, message: 'it broke' },
                events: [{ name: 'seen', timeUnixNano: '2000000000' }],
                attributes: [
                  { key: 'text', value: { stringValue: 'façade' } },
                  { key: 'yes', value: { boolValue: true } },
                  { key: 'whole', value: { intValue: 7 } },
                  { key: 'half', value: { doubleValue: 0.5 } },
                  {
                    key: 'many',
                    value: { arrayValue: { values: [{ stringValue: 'a' }, { stringValue: 'b' }] } },
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
  })
  expect(JSON.stringify(second)).toContain('"kind":2')
  expect(JSON.stringify(second)).toContain('"startTimeUnixNano":"1000000005"')
  expect(JSON.stringify(second)).toContain('"endTimeUnixNano":"3000000007"')
  expect((statSync(path).mode & 0o777).toString(8)).toBe('600')
  await provider.shutdown()
})

test('our own processor writes a span’s start as well', async () => {
  const provider = providerWith(new SessionSpanProcessor(new SessionFileSpanExporter(path)))
  const span = provider.getTracer('t').startSpan('held', { attributes: { a: 1 } })
  expect(lines()).toMatchObject([
    { started: { name: 'held', kind: 1, attributes: [{ key: 'a', value: { intValue: 1 } }] } },
  ])
  span.end()
  expect(lines()).toHaveLength(2)
  await provider.shutdown()
})

test('it works behind a batch, and a second one goes on in the same file', async () => {
  for (const round of [1, 2]) {
    const provider = providerWith(new BatchSpanProcessor(new SessionFileSpanExporter(path)))
    for (let count = 0; count < 10; count += 1) provider.getTracer('t').startSpan(`s${count}`).end()
    await provider.shutdown()
    expect(lines()).toHaveLength(10 * round)
  }
})

describe('it never throws', () => {
  const export1 = (exporter: SessionFileSpanExporter) => {
    const results: ExportResult[] = []
    const provider = providerWith({
      onStart: (span) => exporter.exportStarted(span),
      onEnd: (span) => exporter.export([span], (result) => results.push(result)),
      forceFlush: async () => {},
      shutdown: async () => {},
    })
    provider.getTracer('t').startSpan('lost').end()
    return results
  }

  test.each([
    ['in a folder that is not there', () => join(folder, 'no', 'spans.jsonl')],
    ['where a folder stands', () => folder],
    ['behind a link', () => linkTo(path)],
    ['on a full device', () => '/dev/full'],
    ['with a name that no file can have', () => join(folder, 'x'.repeat(300))],
  ])('%s, and says that it failed', (_, place) => {
    expect(export1(new SessionFileSpanExporter(place()))).toEqual([
      { code: ExportResultCode.FAILED },
    ])
  })

  test('after its shutdown', async () => {
    const exporter = new SessionFileSpanExporter(path)
    await exporter.shutdown()
    await exporter.shutdown()
    expect(export1(exporter)).toEqual([{ code: ExportResultCode.FAILED }])
  })

  test('and tells what was lost as soon as it can write again', () => {
    const late = join(folder, 'late')
    const exporter = new SessionFileSpanExporter(join(late, 'spans.jsonl'))
    expect(export1(exporter)).toEqual([{ code: ExportResultCode.FAILED }])
    mkdirSync(late)
    expect(export1(exporter)).toEqual([{ code: ExportResultCode.SUCCESS }])
    path = join(late, 'spans.jsonl')
    expect(lines()[0]).toMatchObject({
      kind: 'gap',
      lost: { started: 1, span: 1 },
      reason: 'ENOENT',
    })
    expect(lines()).toHaveLength(3)
  })
})

test('a process that is killed has lost no span that had ended, and shows those that had not', async () => {
  const program = `
    import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
    import { SessionFileSpanExporter, SessionSpanProcessor } from '@tacho/recorder'
    const exporter = new SessionFileSpanExporter(${JSON.stringify(path)})
    const provider = new NodeTracerProvider({ spanProcessors: [new SessionSpanProcessor(exporter)] })
    const tracer = provider.getTracer('t')
    for (let count = 0; count < 500; count += 1) tracer.startSpan('ended').end()
    for (let count = 0; count < 3; count += 1) tracer.startSpan('open')
    process.kill(process.pid, 'SIGKILL')`
  const cwd = join(repositoryRoot, 'packages/recorder')
  const ended = await run([process.execPath, '--input-type=module', '-e', program], [], {
    env: { PATH: process.env.PATH },
    cwd,
  })
  expect([ended.signal, ended.stderr.toString()]).toEqual(['SIGKILL', ''])
  const all = lines()
  expect(all.filter((line) => 'resourceSpans' in line)).toHaveLength(500)
  expect(all.filter((line) => 'started' in line)).toHaveLength(503)
})

function linkTo(target: string): string {
  const link = join(folder, 'link')
  symlinkSync(target, link)
  return link
}
