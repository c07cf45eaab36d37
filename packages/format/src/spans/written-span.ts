import type { KeyValue, OtlpSpan, StartedSpan } from '../otlp.js'
import { SPAN_ATTRIBUTES } from './span-attributes.js'

type Started = StartedSpan['started']

const { chat, http } = SPAN_ATTRIBUTES

/** Of a `chat` span, what the records of its exchange and its name say, and so its line does not. */
// Its exchange and its state stay: who reads the lines by `jq` needs both to find anything.
const SAID_BY_RECORDS: ReadonlySet<string> = new Set(
  [
    ...[chat.sessionId, chat.threadId, chat.turnId, chat.operation, chat.provider],
    ...[chat.requestModel, chat.requestBytes, chat.requestSha256, chat.timeToFirstChunk],
    ...[chat.responseBytes, chat.responseSha256],
    ...[chat.protocol, chat.connection, chat.isPrewarm],
  ].map(({ name }) => name),
)

/**
 * An ended span as its line of `session_meta.log` has it: without what stands in the raw log. Nothing
 * where all of it does: the HTTP request of a model call. `wholeSpans` of the reader puts it together
 * again.
 */
export function writtenSpan(span: OtlpSpan): OtlpSpan | undefined {
  const exchange = exchangeOf(span.attributes)
  if (exchange !== undefined && span.parentSpanId === exchange) return undefined
  const attributes = span.spanId === exchange ? withoutSaid(span) : span.attributes
  return withoutEmpty(span, attributes)
}

/**
 * A started span as its line has it; nothing of one whose line follows at once, as that of an HTTP
 * request, which is told when it is over.
 */
export function writtenStart(span: Started): Started | undefined {
  const exchange = exchangeOf(span.attributes ?? [])
  if (exchange === undefined) return span
  if (span.spanId !== exchange) return undefined
  const { traceId, spanId, parentSpanId, name, kind, startTimeUnixNano } = span
  return { ...placeOf(traceId, spanId, parentSpanId), name, kind, startTimeUnixNano }
}

// Over a WebSocket the status is what an error of the answer says, and no record has it.
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

/** In OTLP's JSON, what is not there is empty or zero. */
function withoutEmpty(span: OtlpSpan, attributes: KeyValue[]): OtlpSpan {
  // Member by member: of a copy by spreading, V8 makes a hidden class each time.
  const { traceId, spanId, name, kind, startTimeUnixNano, endTimeUnixNano, status } = span
  const written: OtlpSpan = {
    ...placeOf(traceId, spanId, span.parentSpanId),
    name,
    kind,
    startTimeUnixNano,
    endTimeUnixNano,
    attributes,
    status,
  }
  const { events = [], links = [] } = span
  if (events.length > 0) written.events = events
  if (links.length > 0) written.links = links
  if (span.droppedAttributesCount) written.droppedAttributesCount = span.droppedAttributesCount
  if (span.droppedEventsCount) written.droppedEventsCount = span.droppedEventsCount
  if (span.droppedLinksCount) written.droppedLinksCount = span.droppedLinksCount
  return written
}

function placeOf(traceId: string, spanId: string, parentSpanId: string | undefined) {
  return parentSpanId === undefined ? { traceId, spanId } : { traceId, spanId, parentSpanId }
}
