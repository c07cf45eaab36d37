import type { HrTime } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node'
import { type OtlpSpan, otlpAttributes, type StartedSpan, type TracesData } from '@tacho/format'

/** Returns an ended span as the OTLP/JSON line of the file exporter specification. */
export function tracesDataOf(span: ReadableSpan, as = otlpSpanOf(span)): TracesData {
  const scope = scopeOf(span)
  return {
    resourceSpans: [
      {
        resource: { attributes: otlpAttributes(span.resource.attributes) },
        scopeSpans: [
          {
            scope: {
              name: scope.name,
              ...(scope.version !== undefined && { version: scope.version }),
            },
            spans: [as],
          },
        ],
      },
    ],
  }
}

/** Returns a started span for the line that keeps it if it never ends. */
export function startedSpanOf(
  span: ReadableSpan,
): StartedSpan['started'] & Pick<OtlpSpan, 'attributes'> {
  const context = span.spanContext()
  return {
    traceId: context.traceId,
    spanId: context.spanId,
    ...parentOf(span),
    name: span.name,
    kind: span.kind + 1,
    startTimeUnixNano: nanoseconds(span.startTime),
    attributes: otlpAttributes(span.attributes),
  }
}

/** Returns an ended span in OTLP's JSON form. */
export function otlpSpanOf(span: ReadableSpan): OtlpSpan {
  return {
    ...startedSpanOf(span),
    endTimeUnixNano: nanoseconds(span.endTime),
    droppedAttributesCount: span.droppedAttributesCount,
    events: span.events.map((event) => ({
      timeUnixNano: nanoseconds(event.time),
      name: event.name,
      attributes: otlpAttributes(event.attributes ?? {}),
    })),
    droppedEventsCount: span.droppedEventsCount,
    links: span.links.map((link) => ({
      traceId: link.context.traceId,
      spanId: link.context.spanId,
      attributes: otlpAttributes(link.attributes ?? {}),
    })),
    droppedLinksCount: span.droppedLinksCount,
    status: {
      code: span.status.code,
      ...(span.status.message !== undefined && { message: span.status.message }),
    },
  }
}

/** A span of OpenTelemetry's SDK 1, which a host may use: two of its members have other names. */
type OldSpan = {
  instrumentationLibrary?: ReadableSpan['instrumentationScope']
  parentSpanId?: string
}

function scopeOf(span: ReadableSpan & OldSpan): ReadableSpan['instrumentationScope'] {
  return span.instrumentationScope ?? span.instrumentationLibrary
}

function parentOf(span: ReadableSpan & OldSpan): { parentSpanId?: string } {
  const parent = span.parentSpanContext?.spanId ?? span.parentSpanId
  return parent === undefined ? {} : { parentSpanId: parent }
}

function nanoseconds([seconds, rest]: HrTime): string {
  return `${seconds}${String(rest).padStart(9, '0')}`
}
