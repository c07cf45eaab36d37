import type { EndRecord, ExchangeRecord, Headers, ResponseRecord } from '@tacho/format'
import { exchangeRecords } from '../../exchange-records.js'
import type { IndexedExchange, RawIndex } from '../../raw-index.js'
import type { Session, SessionExchange } from '../../read-session.js'
import { ReaderError } from '../../reader-error.js'
import { requestBody } from '../../request-body.js'
import { responseChunks } from '../../response-body.js'
import { bodyText } from './body-text.js'
import { cookiesOf, fieldsOf, queryOf, typeOf } from './har-fields.js'

/** An exchange as an entry of an HTTP Archive. */
export function harEntry(
  session: Session,
  index: RawIndex,
  exchange: SessionExchange,
  place: IndexedExchange,
): object {
  const { folder, spans } = session
  const heads = headsOf(folder, place)
  const { started, time, timings } = timesOf(exchange, heads.response)
  return {
    startedDateTime: started,
    time,
    request: harRequest(
      exchange,
      heads.request,
      bodyOf(() => requestBody(folder, index, place)),
    ),
    response: harResponse(
      heads,
      bodyOf(() => whole(folder, place)),
    ),
    cache: {},
    timings,
    comment: commentOf(exchange),
    _exchange: exchange.number,
    _id: exchange.id,
    _state: exchange.state,
    ...(exchange.error !== undefined && { _error: exchange.error }),
    ...(exchange.model !== undefined && { _model: exchange.model }),
    ...(exchange.usage !== undefined && { _usage: exchange.usage }),
    ...(exchange.turnId !== undefined && { _turnId: exchange.turnId }),
    ...(exchange.threadId !== undefined && { _threadId: exchange.threadId }),
    ...(spans.has(exchange.id) && { _spanId: exchange.id }),
  }
}

type Heads = { request?: ExchangeRecord; response?: ResponseRecord; end?: EndRecord }

/** A body, or why there is none. */
type Body = { bytes: Uint8Array } | { missing: string }

function headsOf(folder: string, place: IndexedExchange): Heads {
  const heads: Heads = {}
  for (const record of exchangeRecords(folder, place, () => {})) {
    if (record.kind === 'exchange') heads.request = record
    if (record.kind === 'response') heads.response = record
    if (record.kind === 'end') heads.end = record
  }
  return heads
}

function bodyOf(read: () => Uint8Array): Body {
  try {
    return { bytes: read() }
  } catch (error) {
    if (!(error instanceof ReaderError)) throw error
    return { missing: error.message }
  }
}

function whole(folder: string, place: IndexedExchange): Uint8Array {
  return Buffer.concat([...responseChunks(folder, place)].map(({ bytes }) => bytes))
}

function harRequest(exchange: SessionExchange, record: ExchangeRecord | undefined, body: Body) {
  const headers: Headers = record?.headers ?? []
  const { url, method } = exchange
  return {
    method,
    url,
    httpVersion: 'HTTP/1.1',
    cookies: cookiesOf(headers, 'cookie'),
    headers: fieldsOf(headers),
    queryString: queryOf(url),
    headersSize: -1,
    bodySize: exchange.requestBytes,
    ...postData(headers, body),
  }
}

// HAR has no encoding for what is sent: bytes that are no text stand in a field of ours.
function postData(headers: Headers, body: Body): object {
  if ('missing' in body) return { _missing: body.missing }
  if (body.bytes.length === 0) return {}
  const { text, encoding } = bodyText(body.bytes)
  const mimeType = typeOf(headers)
  if (encoding === undefined) return { postData: { mimeType, text } }
  return { postData: { mimeType, text: '', _base64: text } }
}

function harResponse({ response, end }: Heads, body: Body): object {
  const headers: Headers = response?.headers ?? []
  const content = 'bytes' in body ? bodyText(body.bytes) : { text: '' }
  return {
    status: response?.status ?? 0,
    statusText: response?.statusText ?? '',
    httpVersion: 'HTTP/1.1',
    cookies: cookiesOf(headers, 'set-cookie'),
    headers: fieldsOf(headers),
    content: {
      size: 'bytes' in body ? body.bytes.length : 0,
      mimeType: typeOf(headers),
      ...content,
      ...('missing' in body && { comment: body.missing }),
    },
    redirectURL: headers.find(([name]) => name.toLowerCase() === 'location')?.[1] ?? '',
    headersSize: -1,
    bodySize: end?.responseBytes ?? -1,
  }
}

function timesOf(exchange: SessionExchange, response: ResponseRecord | undefined) {
  const total = exchange.durationMs ?? exchange.lastAt / 1000
  const wait = Math.min(total, (response?.at ?? exchange.lastAt) / 1000)
  return {
    started: isoWithMillis(exchange.startedAt),
    time: total,
    // A tap sees no name resolution and no connecting of the agent's.
    timings: { blocked: -1, dns: -1, connect: -1, ssl: -1, send: 0, wait, receive: total - wait },
  }
}

// Three digits of a second are what readers of HAR know.
function isoWithMillis(time: string): string {
  const milliseconds = Date.parse(time)
  return new Date(Number.isNaN(milliseconds) ? 0 : milliseconds).toISOString()
}

function commentOf({ state, error }: SessionExchange): string {
  return error === undefined ? state : `${state}: ${error.code} ${error.message}`
}
