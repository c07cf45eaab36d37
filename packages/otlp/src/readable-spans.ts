import type { Attributes, HrTime } from '@opentelemetry/api'
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node'
import {
  type KeyValue,
  type OtlpSpan,
  plainAttributes,
  type TracesData,
  wellFormed,
} from '@tacho/format'

/** A span in the form that OpenTelemetry's exporters accept. */
export type SentSpan = ReadableSpan

// Exporters group spans by the identity of their resource object, not by its contents.
const RESOURCES_HELD = 64
const resources = new Map<string, Resource>()

/**
 * Converts the spans of a `session_meta.log` line to what OpenTelemetry's exporters accept. Both
 * live and later exports read that line, so they send the same spans.
 *
 * @throws TypeError if the line does not conform to OTLP.
 */
export function readableSpans(line: TracesData): SentSpan[] {
  return line.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const from = resourceOf(resource?.attributes ?? [])
    return scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => readableSpan(span, from, scope ?? { name: '' })),
    )
  })
}

function readableSpan(
  span: OtlpSpan,
  resource: Resource,
  scope: { name: string; version?: string },
): SentSpan {
  const { traceId, spanId, parentSpanId } = span
  const startTime = hrTimeOf(span.startTimeUnixNano)
  const endTime = hrTimeOf(span.endTimeUnixNano)
  const context = contextOf(traceId, spanId)
  return {
    name: wellFormed(String(span.name)),
    kind: span.kind - 1,
    spanContext: () => context,
    ...(parentSpanId && { parentSpanContext: contextOf(traceId, parentSpanId) }),
    startTime,
    endTime,
    duration: [0, 0],
    status: {
      code: span.status.code ?? 0,
      ...(span.status.message !== undefined && {
        message: wellFormed(String(span.status.message)),
      }),
    },
    attributes: attributesOf(span.attributes),
    links: (span.links ?? []).map((link) => ({
      context: contextOf(link.traceId, link.spanId),
      attributes: attributesOf(link.attributes),
    })),
    events: (span.events ?? []).map((event) => ({
      time: hrTimeOf(event.timeUnixNano),
      name: wellFormed(String(event.name)),
      attributes: attributesOf(event.attributes),
    })),
    ended: true,
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: span.droppedAttributesCount ?? 0,
    droppedEventsCount: span.droppedEventsCount ?? 0,
    droppedLinksCount: span.droppedLinksCount ?? 0,
  }
}

function resourceOf(attributes: readonly KeyValue[]): Resource {
  const key = JSON.stringify(attributes)
  const held = resources.get(key)
  if (held !== undefined) return held
  const resource = resourceFromAttributes(attributesOf(attributes))
  if (resources.size >= RESOURCES_HELD) resources.clear()
  resources.set(key, resource)
  return resource
}

function contextOf(traceId: string, spanId: string) {
  // Sampled, because it is recorded.
  return { traceId: idOf(traceId, 32), spanId: idOf(spanId, 16), traceFlags: 1 }
}

// For an invalid id, an exporter would send half a byte.
function idOf(id: string, length: number): string {
  if (id.length === length && /^[0-9a-fA-F]+$/.test(id)) return id
  throw new TypeError(`${JSON.stringify(String(id).slice(0, 50))} is not an id`)
}

function attributesOf(pairs: readonly KeyValue[] | undefined): Attributes {
  return plainAttributes(pairs ?? []) as Attributes
}

function hrTimeOf(nanoseconds: string): HrTime {
  if (!/^\d{1,20}$/.test(nanoseconds)) throw new TypeError('no time')
  const digits = nanoseconds.padStart(10, '0')
  return [Number(digits.slice(0, -9)), Number(digits.slice(-9))]
}
