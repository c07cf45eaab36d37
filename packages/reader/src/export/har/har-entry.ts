import { isUtf8 } from 'node:buffer'
import type { EndRecord, ExchangeRecord, RequestBodyRecord, ResponseRecord } from '@tacho/format'
import { type Ended, exchangeOutcome } from '../../exchange-outcome.js'
import { exchangeRecords } from '../../exchange-records.js'
import { known } from '../../known.js'
import { isoOfMicros, microsOfIso } from '../../micros.js'
import type { IndexedExchange, RawIndex } from '../../raw-index.js'
import type { Span } from '../../read-spans.js'
import { ReaderError } from '../../reader-error.js'
import { requestPieces } from '../../request-body.js'
import { type BodyShape, shapeOf } from './body-text.js'
import { harHeaders, headerOf, queryOf, requestCookies, responseCookies } from './har-headers.js'
import type { HarEntry, HarPostData } from './har-types.js'

/** An entry without the texts of its bodies, and the sources of those. */
type MadeEntry = { entry: HarEntry; sent?: Uint8Array; shape: BodyShape }

/**
 * Makes the HAR entry of an exchange, and what is needed to write its bodies.
 *
 * @param span its `chat` span, if it has one.
 */
export function harEntry(
  folder: string,
  index: RawIndex,
  exchange: IndexedExchange,
  span: Span | undefined,
): MadeEntry | undefined {
  const parts = partsOf(folder, exchange)
  const { begin, response, end } = parts
  if (begin === undefined) return undefined
  const shape = shapeOf(folder, exchange)
  const { sent, missing } = sentBody(folder, index, exchange)
  const timings = timingsOf(parts)
  const state: Ended['state'] = end?.state ?? 'in-flight'
  const error = errorOf(end, shape)
  const { outcome } = exchangeOutcome(
    known({ state, status: response?.status, error: end?.error }),
    span,
  )
  const entry: HarEntry = {
    startedDateTime: isoOfMicros(microsOfIso(begin.time) ?? 0) ?? NO_TIME,
    time: timings.send + timings.wait + timings.receive,
    request: {
      method: begin.method,
      url: begin.url,
      httpVersion: HTTP,
      cookies: requestCookies(begin.headers),
      headers: harHeaders(begin.headers),
      queryString: queryOf(begin.url),
      ...(sent && { postData: postDataOf(sent, begin) }),
      headersSize: -1,
      bodySize: end?.requestBytes ?? parts.request?.wire?.bytes ?? parts.request?.bytes ?? -1,
    },
    response: {
      status: response?.status ?? 0,
      statusText: response?.statusText ?? '',
      httpVersion: HTTP,
      cookies: responseCookies(response?.headers ?? []),
      headers: harHeaders(response?.headers ?? []),
      content: {
        size: shape.bytes,
        mimeType: headerOf(response?.headers ?? [], 'content-type') || UNKNOWN,
      },
      redirectURL: headerOf(response?.headers ?? [], 'location'),
      headersSize: -1,
      bodySize: end?.responseBytes ?? -1,
      ...(error !== undefined && { _error: error }),
    },
    cache: {},
    timings,
    ...(missing !== undefined && { comment: missing }),
    _exchange: exchange.id,
    _number: exchange.number,
    _state: state,
    ...(outcome !== undefined && { _outcome: outcome }),
    ...(exchange.isConnection && { _resourceType: 'websocket' as const }),
    ...(exchange.isPrewarm && { _prewarm: true as const }),
    _run: begin.run,
    ...(begin.turnId !== undefined && { _turn: begin.turnId }),
    ...(begin.threadId !== undefined && { _thread: begin.threadId }),
  }
  return { entry, shape, ...(sent && { sent }) }
}

// HAR requires these, but the tap does not record them.
const HTTP = 'HTTP/1.1'
const UNKNOWN = 'x-unknown'
const NO_TIME = '1970-01-01T00:00:00.000Z'

type Parts = {
  begin?: ExchangeRecord
  request?: RequestBodyRecord
  response?: ResponseRecord
  end?: EndRecord
  firstChunkAt?: number
  lastAt: number
}

function partsOf(folder: string, exchange: IndexedExchange): Parts {
  const parts: Parts = { lastAt: 0 }
  for (const record of exchangeRecords(folder, exchange, () => undefined)) {
    if (record.kind === 'exchange') {
      parts.begin = record
      continue
    }
    parts.lastAt = Math.max(parts.lastAt, record.at)
    if (record.kind === 'request-body') parts.request = record
    else if (record.kind === 'response') parts.response = record
    else if (record.kind === 'end') parts.end = record
    else if (record.kind === 'chunk') parts.firstChunkAt ??= record.at
  }
  return parts
}

// Milliseconds. What has not happened took no time; what was in flight took until its last record.
// A request without a body is sent as soon as it begins, whenever its end was noticed.
function timingsOf({ request, response, firstChunkAt, end, lastAt }: Parts): HarEntry['timings'] {
  const over = end?.at ?? lastAt
  const hasBody = (request?.wire?.bytes ?? request?.bytes ?? 0) > 0
  const sent = hasBody ? Math.min(request?.at ?? 0, over) : 0
  const answered = Math.max(sent, Math.min(response?.at ?? firstChunkAt ?? over, over))
  const [send, wait] = [sent / 1000, (answered - sent) / 1000]
  const receive = (over - answered) / 1000
  return { blocked: -1, dns: -1, connect: -1, ssl: -1, send, wait, receive }
}

function errorOf(end: EndRecord | undefined, { missing }: BodyShape): string | undefined {
  if (end?.error !== undefined) return `${end.state}: ${end.error.code}, ${end.error.message}`
  if (end === undefined) return `in flight when the recording ends. ${missing ?? ''}`.trim()
  return missing ?? (end.state === 'completed' ? undefined : end.state)
}

function sentBody(
  folder: string,
  index: RawIndex,
  exchange: IndexedExchange,
): { sent?: Uint8Array; missing?: string } {
  let sent: Uint8Array | undefined
  try {
    for (const bytes of requestPieces(folder, index, exchange)) if (bytes.length > 0) sent = bytes
  } catch (cause) {
    if (!(cause instanceof ReaderError) || cause.code !== 'missing-bytes') throw cause
    return { ...(sent && { sent }), missing: cause.message }
  }
  return sent === undefined ? {} : { sent }
}

function postDataOf(sent: Uint8Array, { headers }: ExchangeRecord): HarPostData {
  const mimeType = headerOf(headers, 'content-type') || UNKNOWN
  return { mimeType, ...(!isUtf8(sent) && { _encoding: 'base64' }) }
}
