import {
  type KeyValue,
  type OtlpSpan,
  type PlainValue,
  plainAttributes,
  SESSION_FILES,
  type TracesData,
} from '@tacho/format'
import { WholeSpans } from '@tacho/reader'
import { expect } from 'vitest'
import type { SessionOnDisk } from '../agents/session-on-disk.js'
import { eventually } from '../host/index.js'

/** A span in comparable form, whatever its source: the order of attributes does not matter. */
export type PlainSpan = {
  traceId: string
  spanId: string
  parentSpanId: string
  name: string
  kind: number
  start: string
  end: string
  status: { code: number; message: string }
  attributes: Record<string, PlainValue>
  resource: Record<string, PlainValue>
  scope: string
  events: { time: string; name: string; attributes: Record<string, PlainValue> }[]
  links: { traceId: string; spanId: string; attributes: Record<string, PlainValue> }[]
}

/** Every span of OTLP/JSON, ordered by id. A duplicate span is listed twice. */
export function plainSpans({ resourceSpans }: TracesData): PlainSpan[] {
  return resourceSpans
    .flatMap(({ resource, scopeSpans }) =>
      scopeSpans.flatMap(({ scope, spans }) =>
        // Jaeger drops duplicate spans but keeps their empty scope.
        (spans ?? []).map((span) => ({
          ...plainSpan(span),
          resource: plainAttributes(resource?.attributes ?? []),
          scope: scope?.name ?? '',
        })),
      ),
    )
    .sort((one, other) => (one.spanId < other.spanId ? -1 : 1))
}

/** A session's ended spans, completed from the raw log. */
export function spansOnDisk(session: SessionOnDisk): PlainSpan[] {
  const whole = new WholeSpans(session.folder)
  const resourceSpans = linesOf(session).map(({ resource, scopeSpans }) => ({
    resource,
    scopeSpans: scopeSpans.map(({ scope, spans }) => ({
      scope,
      spans: spans.flatMap((span) => whole.ended(span)),
    })),
  }))
  return plainSpans({ resourceSpans })
}

/** The ended spans as they are in a session's file. */
export function spansInFile(session: SessionOnDisk): PlainSpan[] {
  return plainSpans({ resourceSpans: linesOf(session) })
}

function linesOf(session: SessionOnDisk): TracesData['resourceSpans'] {
  const lines = session.lines(SESSION_FILES.meta) as Partial<TracesData>[]
  return lines.flatMap(({ resourceSpans }) => resourceSpans ?? [])
}

/** What Jaeger's query API returns for a trace; undefined if it does not know the trace. */
export async function traceIn(jaeger: { url: string }, traceId: string): Promise<PlainSpan[]> {
  const response = await fetch(`${jaeger.url}/api/v3/traces/${traceId}`)
  if (response.status === 404) return []
  const answer = (await response.json()) as { result?: TracesData; error?: { message: string } }
  if (answer.result === undefined) throw new Error(`Jaeger: ${answer.error?.message}`)
  return plainSpans(answer.result)
}

/** Lists as JSON, as a Jaeger that keeps traces in files makes them. */
export function withoutLists(spans: readonly PlainSpan[]): PlainSpan[] {
  return spans.map((span) => ({
    ...span,
    attributes: Object.fromEntries(
      Object.entries(span.attributes).map(([key, value]) => [
        key,
        Array.isArray(value) ? JSON.stringify(value) : value,
      ]),
    ),
  }))
}

/** The spans of a trace, once there are at least this many. */
export function traceWith(
  jaeger: { url: string },
  traceId: string,
  count: number,
): Promise<PlainSpan[]> {
  return eventually(async () => {
    const spans = await traceIn(jaeger, traceId)
    expect(spans.length, `spans in Jaeger of trace ${traceId}`).toBeGreaterThanOrEqual(count)
    return spans
  })
}

function plainSpan(span: OtlpSpan): Omit<PlainSpan, 'resource' | 'scope'> {
  const { traceId, spanId, name, kind } = span
  return {
    traceId,
    spanId,
    parentSpanId: span.parentSpanId ?? '',
    name,
    kind,
    start: span.startTimeUnixNano,
    end: lasting(span),
    status: { code: span.status?.code ?? 0, message: span.status?.message ?? '' },
    attributes: plainAttributes((span.attributes ?? []).filter(isTheSpans)),
    events: (span.events ?? []).map((event) => ({
      time: event.timeUnixNano,
      name: event.name,
      attributes: plainAttributes(event.attributes ?? []),
    })),
    links: (span.links ?? []).map((link) => ({
      traceId: link.traceId,
      spanId: link.spanId,
      attributes: plainAttributes(link.attributes ?? []),
    })),
  }
}

// Jaeger gives a span of zero duration one nanosecond.
function lasting({ startTimeUnixNano, endTimeUnixNano }: OtlpSpan): string {
  const isMoment = startTimeUnixNano === endTimeUnixNano
  return isMoment ? String(BigInt(startTimeUnixNano) + 1n) : endTimeUnixNano
}

/** Jaeger adds its own remarks on a span to its attributes. */
function isTheSpans({ key }: KeyValue): boolean {
  return !key.startsWith('@jaeger@')
}
