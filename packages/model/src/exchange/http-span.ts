import { type EndRecord, type ExchangeRecord, encodeAttributes, type Facts } from '@tacho/format'
import type { ExchangeEnded } from '../observation.js'

// What the conventions know; a method of another name stands in `http.request.method_original`.
const METHODS = new Set('GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH QUERY'.split(' '))

/** The span of an exchange's HTTP request (OpenTelemetry's HTTP conventions, client spans). */
export function httpSpanOf(
  { method, url, headers }: ExchangeRecord,
  startedAt: number,
  { state, error }: EndRecord,
  more: { status: number | undefined; peer: EndRecord['peer'] },
): ExchangeEnded['http'] {
  const { status, peer } = more
  const isKnown = METHODS.has(method)
  // A caller's cancel is no error of the request's.
  const isFailed = state === 'failed'
  const isRefused = status !== undefined && status >= 400
  const userAgent = headers.find(([name]) => name.toLowerCase() === 'user-agent')?.[1]
  return {
    name: isKnown ? method : 'HTTP',
    startedAt,
    attributes: encodeAttributes('http', {
      ...placeOf(url),
      method: isKnown ? method : '_OTHER',
      originalMethod: isKnown ? undefined : method,
      userAgent,
      peerAddress: peer?.address,
      peerPort: peer?.port,
      status,
      errorType: isFailed ? (error?.code ?? 'unknown') : isRefused ? String(status) : undefined,
    }),
    ...((isFailed || isRefused) && { error: { message: isFailed ? error?.message : undefined } }),
  }
}

function placeOf(text: string): Facts<'http'> {
  // What stands in the place of a secret can be no part of a URL.
  if (!URL.canParse(text)) return { url: text }
  const url = new URL(text)
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
