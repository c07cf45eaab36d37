import type { AttributeValue } from './log-record.js'
import { attributesOf, listOf, membersIn, nanoseconds } from './otlp-json.js'

/** An ended span of the agent's own, reduced to plain values. */
export type SpanRecord = {
  name: string
  /** Microseconds since the epoch. */
  startedAt: number
  endedAt: number
  attributes: ReadonlyMap<string, AttributeValue>
}

/**
 * Parses the spans of an export in OTLP's JSON.
 *
 * @throws Malformed if it is not such an export.
 */
export function spanRecordsOfJson(bytes: Uint8Array): SpanRecord[] {
  return listOf(membersIn(bytes), 'resourceSpans')
    .flatMap((resource) => listOf(resource, 'scopeSpans'))
    .flatMap((scope) => listOf(scope, 'spans'))
    .map((span) => ({
      name: String(span.name),
      startedAt: Number(nanoseconds(span.startTimeUnixNano) / 1000n),
      endedAt: Number(nanoseconds(span.endTimeUnixNano) / 1000n),
      attributes: attributesOf(span),
    }))
}
