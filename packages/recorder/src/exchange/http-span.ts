import { type Attributes, type Span, SpanStatusCode } from '@opentelemetry/api'
import type { EndRecord, Headers } from '@tacho/format'
import { hrTime } from '../clock.js'
import { newSpanId } from '../ids.js'
import { ATTRIBUTE_CHARACTERS } from '../limits.js'
import type { StartSpan } from '../session/open-spans.js'

/** What is known of an HTTP request when it is on its way. */
export type HttpRequest = {
  startSpan: StartSpan
  method: string
  /** Without secrets. */
  url: string
  headers: Headers
  parentSpanId: string
  at: number
  peer: { address?: string | undefined; port?: number | undefined } | undefined
  /** What every span of its conversation says. */
  attributes: Attributes
}

// What the conventions know; a method of another name stands in `http.request.method_original`.
const METHODS = new Set('GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH QUERY'.split(' '))

/** Starts the span of an HTTP request (OpenTelemetry's HTTP conventions, client spans). */
export function startHttpSpan(request: HttpRequest): Span {
  const { startSpan, method, parentSpanId, at } = request
  const isKnown = METHODS.has(method)
  return startSpan({
    name: isKnown ? method : 'HTTP',
    spanId: newSpanId(),
    parentSpanId,
    isClient: true,
    at,
    attributes: {
      ...request.attributes,
      ...placeOf(request.url),
      'http.request.method': isKnown ? method : '_OTHER',
      ...(!isKnown && { 'http.request.method_original': method.slice(0, ATTRIBUTE_CHARACTERS) }),
      ...userAgent(request.headers),
      ...(request.peer?.address !== undefined && {
        'network.peer.address': request.peer.address,
        'network.peer.port': request.peer.port ?? 0,
      }),
    },
  })
}

/** Ends it. A caller's cancel is no error of the request's. */
export function endHttpSpan(
  span: Span,
  { state, error }: EndRecord,
  status: number | undefined,
  at: number,
): void {
  const isFailed = state === 'failed'
  const isRefused = status !== undefined && status >= 400
  if (status !== undefined) span.setAttribute('http.response.status_code', status)
  if (isFailed || isRefused) {
    span.setAttribute('error.type', isFailed ? (error?.code ?? 'unknown') : String(status))
    span.setStatus({
      code: SpanStatusCode.ERROR,
      ...(isFailed && error !== undefined && { message: error.message }),
    })
  }
  span.end(hrTime(at))
}

function placeOf(text: string): Attributes {
  const url = new URL(text)
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  return {
    'url.full': text,
    'url.path': url.pathname,
    ...(url.search !== '' && { 'url.query': url.search }),
    'url.scheme': url.protocol.slice(0, -1),
    'server.address': url.hostname,
    'server.port': port,
  }
}

function userAgent(headers: Headers): Attributes {
  const field = headers.find(([name]) => name.toLowerCase() === 'user-agent')
  return field === undefined
    ? {}
    : { 'user_agent.original': field[1].slice(0, ATTRIBUTE_CHARACTERS) }
}
