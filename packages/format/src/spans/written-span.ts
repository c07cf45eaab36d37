import type { KeyValue, OtlpSpan, StartedSpan } from '../otlp.js'
import { SPAN_ATTRIBUTES } from './span-attributes.js'

type Started = StartedSpan['started']

const { chat, http } = SPAN_ATTRIBUTES

/**
 * The attributes of a `chat` span that its line omits, because its name or its exchange's records
 * have them.
 */
// The exchange and state stay: anyone who reads the lines with `jq` needs both.
const SAID_BY_RECORDS: ReadonlySet<string> = new Set(
  [
    ...[chat.sessionId, chat.threadId, chat.turnId, chat.operation, chat.provider],
    ...[chat.requestModel, chat.requestBytes, chat.requestSha256, chat.timeToFirstChunk],
    ...[chat.responseBytes, chat.responseSha256],
    ...[chat.protocol, chat.connection, chat.isPrewarm],
  ].map(({ name }) => name),
)

/**
 * Returns an ended span as it is written to `session_meta.log`, without what the raw log has, or
 * undefined if the raw log has all of it: the HTTP request of a model call. The reader's
 * `wholeSpans` restores it.
 */
export function writtenSpan(span: OtlpSpan): OtlpSpan | undefined {
  const exchange = exchangeOf(span.attributes)
  if (exchange !== undefined && span.parentSpanId === exchange) return undefined
  const attributes = span.spanId === exchange ? withoutSaid(span) : span.attributes
  return withoutEmpty(span, attributes)
}

/**
 * Returns a started span as it is written, or undefined if its end follows at once: an HTTP request
 * is only reported when it is over.
 */
export function writtenStart(span: Started): Started | undefined {
  const exchange = exchangeOf(span.attributes ?? [])
  if (exchange === undefined) return span
  if (span.spanId !== exchange) return undefined
  const { traceId, spanId, parentSpanId, name, kind, startTimeUnixNano } = span
  return parentSpanId === undefined
    ? { traceId, spanId, name, kind, startTimeUnixNano }
    : { traceId, spanId, parentSpanId, name, kind, startTimeUnixNano }
}

// On a WebSocket the status comes from an error in the answer, and no record has it.
function withoutSaid({ attributes }: OtlpSpan): KeyValue[] {
  const isOverHttp = attributes.every(({ key }) => key !== chat.protocol.name)
  return attributes.filter(
    ({ key }) => !SAID_BY_RECORDS.has(key) && !(isOverHttp && key === chat.status.name),
  )
}

function exchangeOf(attributes: readonly KeyValue[]): string | undefined {
  const value = attributes.find(({ key }) => key === http.exchange.name)?.value
  return value !== undefined && 'stringValue' in value ? value.stringValue : undefined
}

/** In OTLP's JSON, a missing member is empty or zero. */
function withoutEmpty(span: OtlpSpan, attributes: KeyValue[]): OtlpSpan {
  const written = withParent(span, attributes)
  const { events = [], links = [] } = span
  if (events.length > 0) written.events = events
  if (links.length > 0) written.links = links
  if (span.droppedAttributesCount) written.droppedAttributesCount = span.droppedAttributesCount
  if (span.droppedEventsCount) written.droppedEventsCount = span.droppedEventsCount
  if (span.droppedLinksCount) written.droppedLinksCount = span.droppedLinksCount
  return written
}

// Member by member: V8 makes a hidden class for each copy made by spreading.
function withParent(span: OtlpSpan, attributes: KeyValue[]): OtlpSpan {
  const { traceId, spanId, parentSpanId, name, kind, status } = span
  const { startTimeUnixNano, endTimeUnixNano } = span
  return parentSpanId === undefined
    ? { traceId, spanId, name, kind, startTimeUnixNano, endTimeUnixNano, attributes, status }
    : {
        traceId,
        spanId,
        parentSpanId,
        name,
        kind,
        startTimeUnixNano,
        endTimeUnixNano,
        attributes,
        status,
      }
}
