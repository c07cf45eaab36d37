import {
  type EndRecord,
  type ExchangeRecord,
  lengthOf,
  type RequestBodyRecord,
  type ResponseRecord,
} from '@tacho/format'
import { exchangeRecords, type IndexedExchange, type Span } from '@tacho/reader'
import type { ExchangeAnswer, ShownSpan } from '../../api/answers.js'
import { cut } from './messages.js'

/** The heads of an exchange, when its chunks came, and its spans. */
export function shownExchange(
  folder: string,
  exchange: IndexedExchange,
  spans: ReadonlyMap<string, Span>,
): ExchangeAnswer {
  let begin: ExchangeRecord | undefined
  let body: RequestBodyRecord | undefined
  let response: ResponseRecord | undefined
  let end: EndRecord | undefined
  const chunks: [number, number][] = []
  for (const record of exchangeRecords(folder, exchange, () => undefined)) {
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
    spans: [...spans.values()]
      .filter(({ spanId, parentSpanId }) => [spanId, parentSpanId].includes(exchange.id))
      .map(shownSpan),
  }
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
