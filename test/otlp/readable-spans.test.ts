import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer'
import type { TracesData } from '@tacho/format'
import { readableSpans } from '@tacho/otlp'
import { expect, test } from 'vitest'

const TRACE = '01900000000070008000000000000001'
const span = {
  traceId: TRACE,
  spanId: '00f067aa0ba902b7',
  parentSpanId: '00f067aa0ba902b8',
  name: 'chat gpt-5 – façade',
  kind: 3,
  startTimeUnixNano: '1790000000123456000',
  endTimeUnixNano: '1790000001000000789',
  attributes: [
    { key: 'text', value: { stringValue: 'façade' } },
    { key: 'yes', value: { boolValue: true } },
    { key: 'whole', value: { intValue: 42 } },
    { key: 'part', value: { doubleValue: 0.25 } },
    {
      key: 'list',
      value: { arrayValue: { values: [{ stringValue: 'a' }, { stringValue: 'b' }] } },
    },
  ],
  droppedAttributesCount: 1,
  events: [
    {
      timeUnixNano: '1790000000500000000',
      name: 'first',
      attributes: [],
      droppedAttributesCount: 0,
    },
  ],
  droppedEventsCount: 2,
  links: [
    { traceId: TRACE, spanId: '00f067aa0ba902b9', attributes: [], droppedAttributesCount: 0 },
  ],
  droppedLinksCount: 3,
  status: { code: 2, message: 'why' },
}

test('what is sent says what the line says', () => {
  const sent = JSON.parse(Buffer.from(serialized(lineOf(span))).toString())
  const [only] = sent.resourceSpans
  expect(only.resource.attributes).toEqual([
    { key: 'service.name', value: { stringValue: 'codex' } },
  ])
  const [{ scope, spans }] = only.scopeSpans
  expect(scope).toMatchObject({ name: 'tacho', version: '1' })
  expect(spans).toHaveLength(1)
  expect(withoutFlags(spans[0])).toEqual(span)
})

test('spans of one resource are sent under one, whichever lines they come from', () => {
  const spans = [1, 2, 3].flatMap(() => readableSpans(lineOf(span)))
  const bytes = JsonTraceSerializer.serializeRequest(spans)
  const sent = JSON.parse(Buffer.from(bytes ?? []).toString())
  expect(sent.resourceSpans).toHaveLength(1)
  expect(sent.resourceSpans[0].scopeSpans[0].spans).toHaveLength(3)
})

test.each([
  ['traceId', 'x'.repeat(32)],
  ['traceId', TRACE.slice(1)],
  ['spanId', ''],
  ['startTimeUnixNano', '-1'],
  ['endTimeUnixNano', 'soon'],
])('a span whose %s is %j is none', (name, value) => {
  expect(() => readableSpans(lineOf({ ...span, [name]: value } as typeof span))).toThrow(TypeError)
})

function lineOf(one: typeof span): TracesData {
  return {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'codex' } }] },
        scopeSpans: [{ scope: { name: 'tacho', version: '1' }, spans: [one] }],
      },
    ],
  } as TracesData
}

function serialized(line: TracesData): Uint8Array {
  return JsonTraceSerializer.serializeRequest(readableSpans(line)) ?? new Uint8Array()
}

// What OpenTelemetry's SDK adds: that the span is sampled, and its parent local.
function withoutFlags(sent: Record<string, unknown>): unknown {
  return JSON.parse(JSON.stringify(sent, (key, value) => (key === 'flags' ? undefined : value)))
}
