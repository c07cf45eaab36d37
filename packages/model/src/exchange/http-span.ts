import {
  type Attributes,
  type EndRecord,
  type ExchangeRecord,
  encodeAttributes,
  type Facts,
  withAttributes,
} from '@tacho/format'
import type { ExchangeEnded } from '../observation.js'
import { parsedUrl } from './parsed-url.js'

// The methods that the conventions know; any other goes into `http.request.method_original`.
const METHODS = new Set('GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH QUERY'.split(' '))

/**
 * Makes the span of an exchange's HTTP request (OpenTelemetry's HTTP conventions, client spans).
 */
export function httpSpanOf(
  { method, url, headers }: ExchangeRecord,
  startedAt: number,
  { state, error }: EndRecord,
  more: { status: number | undefined; peer: EndRecord['peer'] },
): ExchangeEnded['http'] {
  const { status, peer } = more
  const isKnown = METHODS.has(method)
  // If the caller cancels, the request has not failed.
  const isFailed = state === 'failed'
  const isRefused = status !== undefined && status >= 400
  const userAgent = headers.find(([name]) => name.toLowerCase() === 'user-agent')?.[1]
  return {
    name: isKnown ? method : 'HTTP',
    startedAt,
    attributes: withAttributes(
      encodeAttributes('http', {
        method: isKnown ? method : '_OTHER',
        originalMethod: isKnown ? undefined : method,
        userAgent,
        peerAddress: peer?.address,
        peerPort: peer?.port,
        status,
        errorType: isFailed ? (error?.code ?? 'unknown') : isRefused ? String(status) : undefined,
      }),
      placeOf(url),
    ),
    ...((isFailed || isRefused) && { error: { message: isFailed ? error?.message : undefined } }),
  }
}

let last: { url: string; place: Attributes } | undefined

/** Cached: a session requests the same few URLs thousands of times. */
function placeOf(url: string): Readonly<Attributes> {
  if (last?.url !== url) last = { url, place: encodeAttributes('http', readPlace(url)) }
  return last.place
}

function readPlace(text: string): Facts<'http'> {
  // The marker in place of a secret may be invalid in a URL.
  const url = parsedUrl(text)
  if (url === undefined) return { url: text }
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  return {
    url: text,
    path: url.pathname,
    query: url.search === '' ? undefined : url.search,
    scheme: url.protocol.slice(0, -1),
    serverAddress: url.hostname,
    serverPort: port,
  }
}
