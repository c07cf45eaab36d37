import {
  type EndRecord,
  type ExchangeRecord,
  lengthOf,
  type RequestBodyRecord,
  type ResponseRecord,
} from '@tacho/format'
import type { exchangeRecords, IndexedExchange, Span } from '@tacho/reader'
import type { ExchangeAnswer, ShownSpan } from '../../api/answers.js'
import { cut } from './messages.js'

/**
 * Returns the heads of an exchange, when its chunks arrived, and its spans.
 *
 * @param records its own, in order.
 * @param spans its own and those below it: {@link spansByExchange}.
 */
export function shownExchange(
  exchange: IndexedExchange,
  records: ReturnType<typeof exchangeRecords>,
  spans: readonly Span[],
): ExchangeAnswer {
  let begin: ExchangeRecord | undefined
  let body: RequestBodyRecord | undefined
  let response: ResponseRecord | undefined
  let end: EndRecord | undefined
  const chunks: [number, number][] = []
  for (const record of records) {
    if (record.kind === 'exchange') begin = record
    else if (record.kind === 'request-body') body = record
    else if (record.kind === 'response') response = record
    else if (record.kind === 'end') end = record
    else if (record.kind === 'chunk') chunks.push([record.at, lengthOf(record.content)])
  }
  return {
    number: exchange.number,
    request: {
      headers: begin?.headers ?? [],
      ...(body !== undefined && { bytes: body.bytes, sentAt: body.at }),
    },
    ...(response !== undefined && {
      response: {
        status: response.status,
        statusText: response.statusText,
        headers: response.headers,
        ...(end?.trailers !== undefined && { trailers: end.trailers }),
      },
    }),
    chunks,
    ...(end?.error !== undefined && { error: end.error }),
    spans: spans.map(shownSpan),
  }
}

/**
 * Indexes each span by its own id and by its parent's, so that an exchange's id finds all of its
 * spans.
 */
export function spansByExchange(spans: ReadonlyMap<string, Span>): (id: string) => readonly Span[] {
  const found = new Map<string, Span[]>()
  for (const span of spans.values()) {
    for (const id of new Set([span.spanId, span.parentSpanId])) {
      if (id === undefined) continue
      const held = found.get(id)
      if (held === undefined) found.set(id, [span])
      else held.push(span)
    }
  }
  return (id) => found.get(id) ?? []
}

function shownSpan({ spanId, parentSpanId, name, attributes }: Span): ShownSpan {
  return {
    spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    name,
    attributes: Object.entries(attributes).map(([key, value]) => [key, cut(textOf(value)).text]),
  }
}

function textOf(value: Span['attributes'][string]): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
