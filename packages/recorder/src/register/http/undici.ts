import { subscribe } from 'node:diagnostics_channel'
import type { Headers } from '@tacho/format'
import type { FaultBarrier } from '../../fault-barrier.js'
import { headerPairs } from './header-pairs.js'
import type { OnRequest, RequestListener } from './request-listener.js'
import { stopOf } from './stop.js'

/**
 * A request as undici's channels publish it:
 * https://undici.nodejs.org/#/docs/api/DiagnosticsChannel
 */
type UndiciRequest = {
  method: string
  origin: string | URL
  path: string
  headers: unknown
  body: unknown
  contentLength?: number | null
  onBodySent?: (chunk: unknown) => unknown
  onData?: (chunk: unknown) => unknown
}

type Message = {
  request: UndiciRequest
  chunk?: unknown
  headers?: unknown
  trailers?: unknown
  error?: unknown
  socket?: { remoteAddress?: string; remotePort?: number }
  response?: { statusCode: number; statusText?: string; headers: unknown }
}

/**
 * Listens to `fetch` and undici, Node's own and those from npm (6, 7 and 8), through their
 * diagnostics channels. undici passes each part of a body to a method of the request, which is
 * wrapped. Version 8 calls that method differently, so its channels for bodies are used instead.
 * Version 7 has these channels too, but allocates an object for each part once somebody listens.
 */
export function observeUndici(onRequest: OnRequest, barrier: FaultBarrier): void {
  const listeners = new WeakMap<object, RequestListener>()
  /** Listeners that receive bodies through the channels. */
  const bodies = new WeakMap<object, RequestListener>()
  let hasBodyChannels = false
  on('undici:request:create', ({ request }) => {
    if (request.method === 'CONNECT') return
    const listener = onRequest({
      method: request.method,
      url: urlOf(request),
      headers: () => [...headerPairs(request.headers), ...framing(request)],
    })
    if (listener === undefined) return
    listeners.set(request, listener)
    if (!listener.takesBodies) return
    if (request.onData !== undefined) listenToBodies(request, listener)
    else {
      listenToBodyChannels()
      bodies.set(request, listener)
    }
  })
  tell('undici:client:sendHeaders', (listener, { request, headers, socket }) => {
    const peer = { address: socket?.remoteAddress, port: socket?.remotePort }
    // HTTP/2 heads have pseudo-header fields (`fetch` puts them last), and all fields are in them.
    const isHttp2 = typeof headers === 'string' && /(?:^|\n):/.test(headers)
    const more = isHttp2 ? [] : framing(request)
    if (typeof headers === 'string') listener.sent({ text: headers, headers: more }, peer)
    else listener.sent({ headers: [...headerPairs(headers), ...more] }, peer)
  })
  tell('undici:request:bodySent', (listener) => listener.requestEnd())
  tell('undici:request:headers', (listener, { response }) => {
    const { statusCode = 0, statusText = '', headers } = response ?? {}
    if (statusCode >= 200 || statusCode === 101)
      listener.responseHead(statusCode, statusText, headerPairs(headers))
  })
  tell('undici:request:trailers', (listener, { request, trailers }) => {
    listeners.delete(request)
    listener.completed(headerPairs(trailers))
  })
  tell('undici:request:error', (listener, { request, error }) => {
    listeners.delete(request)
    listener.stopped(stopOf(error))
  })

  const requestFaults = barrier.faultsOf('a request of undici')
  const answerFaults = barrier.faultsOf('an answer to undici')

  // A part is read before it is passed on, because afterwards it belongs to the host.
  function listenToBodies(request: UndiciRequest, listener: RequestListener): void {
    const { onBodySent, onData } = request
    const { requestBytes, responseBytes } = listener
    request.onBodySent = function (chunk) {
      if (!requestFaults.areTooMany)
        try {
          requestBytes(bytesOf(chunk))
        } catch (cause) {
          requestFaults.count(cause)
        }
      return onBodySent?.call(this, chunk)
    }
    request.onData = function (chunk) {
      if (!answerFaults.areTooMany)
        try {
          responseBytes(chunk instanceof Uint8Array ? chunk : bytesOf(chunk))
        } catch (cause) {
          answerFaults.count(cause)
        }
      return onData?.call(this, chunk)
    }
  }

  function listenToBodyChannels(): void {
    if (hasBodyChannels) return
    hasBodyChannels = true
    on('undici:request:bodyChunkSent', ({ request, chunk }) =>
      bodies.get(request)?.requestBytes(bytesOf(chunk)),
    )
    on('undici:request:bodyChunkReceived', ({ request, chunk }) =>
      bodies.get(request)?.responseBytes(bytesOf(chunk)),
    )
  }

  function tell(channel: string, work: (listener: RequestListener, message: Message) => void) {
    on(channel, (message) => {
      const listener = listeners.get(message.request)
      if (listener !== undefined) work(listener, message)
    })
  }

  // An exception from a subscriber ends the process, one tick later.
  function on(channel: string, work: (message: Message) => void): void {
    subscribe(channel, barrier.around(channel, work as (message: unknown) => void))
  }
}

function urlOf({ origin, path }: UndiciRequest): string {
  // Through a proxy without a tunnel, the path is the whole URL.
  if (/^https?:\/\//.test(path)) return path
  return `${String(origin).replace(/\/$/, '')}${path}`
}

// undici adds these fields after those that it publishes.
function framing({ method, body, contentLength }: UndiciRequest): Headers {
  const length = body instanceof Uint8Array ? body.byteLength : (contentLength ?? undefined)
  if (length !== undefined) return [['content-length', String(length)]]
  if (body !== null && body !== undefined) return [['transfer-encoding', 'chunked']]
  return ['POST', 'PUT', 'PATCH'].includes(method) ? [['content-length', '0']] : []
}

function bytesOf(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk
  if (ArrayBuffer.isView(chunk))
    return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  return chunk instanceof ArrayBuffer ? new Uint8Array(chunk) : Buffer.from(String(chunk))
}
