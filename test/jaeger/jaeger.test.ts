import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Jaeger, startJaeger } from './jaeger.js'
import { linesOf, newTraceId, post, spanOf, traceOf } from './spans.js'
import { plainSpans, traceIn } from './trace.js'

let jaeger: Jaeger
beforeAll(async () => {
  jaeger = await startJaeger()
})
afterAll(() => jaeger?.[Symbol.asyncDispose]())

test('a session of 20,000 spans comes back whole from Jaeger', async () => {
  const { traceId, line } = traceOf(20_000, (index) => ({
    name: index % 2 === 0 ? 'chat gpt-5.5' : 'execute_tool shell',
    attributes: {
      'session.id': '0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b',
      'gen_ai.usage.input_tokens': index,
      'tacho.request.sha256': 'ab'.repeat(32),
    },
  }))
  expect(await post(jaeger, line)).toBe(200)
  expect(await traceIn(jaeger, traceId)).toEqual(plainSpans(line))
  const old = await fetch(`${jaeger.url}/api/traces/${traceId}`)
  const { data } = (await old.json()) as { data: { spans: unknown[] }[] }
  expect(data[0]?.spans).toHaveLength(20_000)
})

test('a span that is sent twice is shown once', async () => {
  const { traceId, line } = traceOf(3)
  expect([await post(jaeger, line), await post(jaeger, line)]).toEqual([200, 200])
  expect(await traceIn(jaeger, traceId)).toEqual(plainSpans(line))
})

// When queried, Jaeger writes its remarks, for example that a parent is missing, into the spans in
// its memory, and then takes them for different spans.
for (const [storage, isDurable, times] of [
  ['files', true, 1],
  ['memory', false, 2],
] as const) {
  test(`sent again after Jaeger was asked, a span without its parent is shown ${times} times from ${storage}`, async () => {
    await using other = await startJaeger({ isDurable })
    const traceId = newTraceId()
    const line = linesOf([spanOf({ traceId, parentSpanId: 'ab'.repeat(8) })])
    await post(other, line)
    expect(await traceIn(other, traceId)).toHaveLength(1)
    await post(other, line)
    expect(await traceIn(other, traceId)).toHaveLength(times)
  })
}
