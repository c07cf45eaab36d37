import { randomBytes } from 'node:crypto'
import { type OtlpSpan, otlpAttributes, type TracesData } from '@tacho/format'

/** The parts of a test's span that matter; the rest is made up. */
export type SpanParts = Partial<Omit<OtlpSpan, 'attributes'>> & {
  attributes?: Parameters<typeof otlpAttributes>[0]
}

/** Like a session's trace id: the digits of a UUIDv7. */
export function newTraceId(): string {
  return `0199a1b2c3d47e5f8a9b${randomBytes(6).toString('hex')}`
}

/** A trace of this many spans under one root, each named by the function. */
export function traceOf(
  count: number,
  parts: (index: number) => SpanParts = () => ({}),
): { traceId: string; line: TracesData } {
  const traceId = newTraceId()
  const root = spanOf({ traceId, name: 'session', ...parts(0) })
  const rest = Array.from({ length: count - 1 }, (_, index) =>
    spanOf({ traceId, parentSpanId: root.spanId, ...parts(index + 1) }),
  )
  return { traceId, line: linesOf([root, ...rest]) }
}

/** Spans as one line of `session_meta.log`, or one OTLP/JSON request. */
export function linesOf(
  spans: OtlpSpan[],
  resource: Parameters<typeof otlpAttributes>[0] = { 'service.name': 'codex' },
): TracesData {
  return {
    resourceSpans: [
      {
        resource: { attributes: otlpAttributes(resource) },
        scopeSpans: [{ scope: { name: 'tacho', version: '0.1.0' }, spans }],
      },
    ],
  }
}

export function spanOf({ attributes = {}, ...parts }: SpanParts): OtlpSpan {
  const start = BigInt(Date.now()) * 1_000_000n
  return {
    traceId: newTraceId(),
    spanId: randomBytes(8).toString('hex'),
    name: 'chat gpt-5.5',
    kind: 1,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 1_500_000n),
    attributes: otlpAttributes(attributes),
    status: {},
    ...parts,
  }
}

/** Sends a line as an OTLP/HTTP exporter would, and returns the response's status. */
export async function post(
  { httpEndpoint }: { httpEndpoint: string },
  line: TracesData,
): Promise<number> {
  const response = await fetch(`${httpEndpoint}/v1/traces`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(line),
  })
  await response.arrayBuffer()
  return response.status
}
