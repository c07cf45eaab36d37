import type { OtlpSpan } from '@tacho/format'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, programPath, run } from '../host/index.js'
import { COLLECTOR_YAML, type Collector, startCollector } from './collector.js'
import { type Jaeger, startJaeger } from './jaeger.js'
import { linesOf, newTraceId, post, type SpanParts, spanOf, traceOf } from './spans.js'
import { plainSpans, traceIn, traceWith } from './trace.js'

let jaeger: Jaeger
beforeAll(async () => {
  jaeger = await startJaeger()
})
afterAll(() => jaeger?.[Symbol.asyncDispose]())

test('otel-collector.yaml is valid as it is', async () => {
  const validate = ['validate', '--config', COLLECTOR_YAML]
  const { exitCode, stderr } = await run(await programPath('collector'), validate, {
    env: { HOME: '/home/ada' },
  })
  expect([exitCode, stderr.toString()]).toEqual([0, ''])
})

describe.concurrent('a Collector that keeps all', () => {
  let collector: Collector
  beforeAll(async () => {
    collector = await startCollector({ jaeger: jaeger.grpcEndpoint })
  })
  afterAll(() => collector?.[Symbol.asyncDispose]())

  test('hands on spans that come over HTTP as they are', async () => {
    const { traceId, line } = traceOf(500, (index) => ({
      kind: 1 + (index % 3),
      status: index % 7 === 0 ? { code: 2, message: 'failed' } : {},
      attributes: { number: index, wait: index + 0.5, list: ['a', 'b'], isLast: index === 499 },
      ...(index % 5 === 0 && {
        links: [{ traceId: newTraceId(), spanId: 'ab'.repeat(8), attributes: [] }],
      }),
    }))
    expect(await post(collector, line)).toBe(200)
    expect(await traceWith(jaeger, traceId, 500)).toEqual(plainSpans(line))
  })

  test('hands on spans that come over gRPC', async () => {
    const service = 'over-grpc'
    const program = await programPath('telemetrygen')
    const { exitCode } = await run(
      program,
      [
        ...['traces', '--otlp-insecure', '--otlp-endpoint', collector.grpcEndpoint],
        ...['--traces', '10', '--child-spans', '4', '--rate', '0', '--service', service],
      ],
      { env: {} },
    )
    expect(exitCode).toBe(0)
    await eventually(async () => {
      const found = await fetch(`${jaeger.url}/api/traces?service=${service}&limit=100`)
      const { data } = (await found.json()) as { data: { spans: unknown[] }[] }
      expect(data.map(({ spans }) => spans.length)).toEqual(Array(10).fill(5))
    })
  })

  test('lets no secret pass, wherever in the attributes it is', async () => {
    const traceId = newTraceId()
    const shaped = Object.values(BY_SHAPE)
    const secrets = { ...BY_PLACE, ...BY_SHAPE }
    const span = spanOf({
      traceId,
      name: 'session',
      attributes: { ...secrets, 'process.command_args': shaped },
      events: [
        {
          timeUnixNano: String(Date.now() * 1e6),
          name: 'asked',
          attributes: [{ key: 'text', value: { stringValue: shaped.join(' ') } }],
        },
      ],
    })
    const line = linesOf([span], { 'service.name': 'codex', ...secrets })
    expect(await post(collector, line)).toBe(200)
    const arrived = JSON.stringify(await traceWith(jaeger, traceId, 1))
    expect(Object.values(secrets).filter((one) => arrived.includes(one))).toEqual([])
    expect(arrived).toContain('process.command_args')
  })
})

describe.concurrent('a Collector that keeps no share of the rest', () => {
  let collector: Collector
  beforeAll(async () => {
    collector = await startCollector({
      jaeger: jaeger.grpcEndpoint,
      environment: { TACHO_SAMPLING_PERCENTAGE: '0' },
    })
  })
  afterAll(() => collector?.[Symbol.asyncDispose]())

  for (const [what, parts] of [
    ['an error', { name: 'chat gpt-5.5', status: { code: 2, message: '500' } }],
    ['a cancellation', { name: 'cancellation' }],
    ['a slow approval', approval(12_000.5)],
  ] as const) {
    test(`keeps the whole session of ${what}`, async () => {
      const { traceId, line } = traceOf(20, (index) => (index === 11 ? parts : {}))
      expect(await post(collector, line)).toBe(200)
      expect(await traceWith(jaeger, traceId, 20)).toEqual(plainSpans(line))
    })
  }

  test('keeps of any other session the root and the approvals, and no more', async () => {
    const { traceId, line } = traceOf(20, (index) =>
      index === 0 ? {} : index === 11 ? approval(9_999) : { name: 'execute_tool shell' },
    )
    // Both are decided at the same time and as a whole: once this one is there, the other has been
    // decided too.
    const witness = traceOf(20, (index) => (index === 1 ? { name: 'cancellation' } : {}))
    expect([await post(collector, line), await post(collector, witness.line)]).toEqual([200, 200])
    await traceWith(jaeger, witness.traceId, 20)
    const kept = plainSpans(line).filter(({ name }) => !name.startsWith('execute_tool'))
    expect(await traceIn(jaeger, traceId)).toEqual(kept)
  })

  test('keeps what matters of a session that was decided against long ago', async () => {
    const { traceId, line } = traceOf(5)
    const witness = traceOf(5, (index) => (index === 1 ? { name: 'cancellation' } : {}))
    await post(collector, line)
    await post(collector, witness.line)
    await traceWith(jaeger, witness.traceId, 5)
    const late: OtlpSpan[] = [
      { name: 'cancellation' },
      approval(20_000),
      { status: { code: 2 } },
    ].map((parts) => spanOf({ traceId, ...parts }))
    await post(collector, linesOf([...late, spanOf({ traceId, name: 'execute_tool shell' })]))
    const names = (await traceWith(jaeger, traceId, 4)).map(({ name }) => name)
    expect(names.sort()).toEqual(['approval command', 'cancellation', 'chat gpt-5.5', 'session'])
  })
})

test('a Collector that keeps a share of the sessions keeps each of them whole or not at all', async () => {
  const environment = { TACHO_SAMPLING_PERCENTAGE: '50' }
  await using collector = await startCollector({ jaeger: jaeger.grpcEndpoint, environment })
  const sessions = Array.from({ length: 30 }, () => traceOf(5))
  const witness = traceOf(5, (index) => (index === 1 ? { name: 'cancellation' } : {}))
  for (const { line } of [...sessions, witness]) await post(collector, line)
  await traceWith(jaeger, witness.traceId, 5)
  const arrived = await Promise.all(sessions.map(({ traceId }) => traceIn(jaeger, traceId)))
  expect(new Set(arrived.map((spans) => spans.length))).toEqual(new Set([1, 5]))
})

function approval(waitMs: number): SpanParts {
  return {
    name: 'approval command',
    attributes: { 'tacho.approval.wait_ms': waitMs, 'tacho.approval.decision': 'accept' },
  }
}

// All of them are made up. Secret by the name of their attribute:
const BY_PLACE: Record<string, string> = {
  'http.request.header.authorization': 'canary-by-its-place-1',
  'db.password': 'canary-by-its-place-2',
  api_key: 'canary-by-its-place-3',
  'session.access_token': 'canary-by-its-place-4',
}

// Secret by their shape, which is the real one. Written in parts, so that this file contains none
// whole.
const BY_SHAPE: Record<string, string> = {
  openai: `sk-${'proj-Ab1'.repeat(4)}`,
  anthropic: `sk-${'ant-api03-'}${'Cd2'.repeat(8)}`,
  groq: `gsk_${'Ef3'.repeat(10)}`,
  huggingface: `hf_${'Gh4'.repeat(10)}`,
  github: `ghp_${'Ij5'.repeat(12)}`,
  gitlab: `glpat-${'Kl6'.repeat(8)}`,
  google: `AIza${'Mn7'.repeat(12)}`,
  aws: `AKIA${'QRSTUVWX'.repeat(2)}`,
  slack: `xoxb-${'123456789'.repeat(2)}`,
  stripe: `sk_${'live_'}${'Op8'.repeat(8)}`,
  jwt: ['eyJhbGciOiJIUzI1', 'eyJzdWIiOiIxMjM0', 'Qr9Qr9Qr9Qr9'].join('.'),
  bearer: `Bearer ${'St0'.repeat(8)}`,
  url: `https://ada:${'canary-in-a-url'}@example.com/`,
}
