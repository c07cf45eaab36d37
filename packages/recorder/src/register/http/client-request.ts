import { subscribe } from 'node:diagnostics_channel'
import { errorMonitor } from 'node:events'
import http, { type ClientRequest, type IncomingMessage } from 'node:http'
import type { FaultBarrier } from '../../fault-barrier.js'
import { headerPairs } from './header-pairs.js'
import type { Head, OnRequest, RequestListener } from './request-listener.js'
import { type Stop, stopOf } from './stop.js'

/** A request with members that Node's types omit: the head as it is sent. */
type Request = ClientRequest & { _header?: string | null; res?: Answer | null }
type Answer = IncomingMessage & { upgrade?: boolean | null }

type Followed = {
  listener: RequestListener | undefined
  hasSentHead: boolean
  isOver: boolean
  /** Set if the host gave the request up. */
  stop: Stop | undefined
}

/**
 * Listens to requests of `http` and `https` (axios, got, node-fetch). Bodies are seen where the
 * host passes them in, because Node 20 has no channel for them, and answers where the parser
 * delivers them.
 */
export function observeClientRequests(onRequest: OnRequest, barrier: FaultBarrier): void {
  const followed = new WeakMap<object, Followed>()
  const prototype = http.ClientRequest.prototype as Request
  wrapBodyMethod(prototype, 'write', (request, chunk, encoding) =>
    follow(request, () => give(request, chunk, encoding)),
  )
  wrapBodyMethod(prototype, 'end', (request, chunk, encoding) =>
    follow(request, () => {
      give(request, chunk, encoding)
      return (listener) => listener.requestEnd()
    }),
  )
  subscribe('http.client.response.finish', (message) =>
    barrier.do('an answer to http', () => {
      const { request, response } = message as { request: Request; response: IncomingMessage }
      const own = followed.get(request)
      if (own?.listener !== undefined && !own.isOver) listenToAnswer(request, response, own)
    }),
  )

  /** @returns what to do after the host's call; by then the head may have been sent. */
  function follow(request: Request, give: () => After): () => void {
    const own = followed.get(request) ?? begin(request)
    if (own.listener === undefined || own.isOver) return () => {}
    const after = give()
    return () => {
      sendHead(request, own)
      if (own.listener !== undefined) after?.(own.listener)
    }
  }

  function begin(request: Request): Followed {
    const isTunnel = request.method === 'CONNECT'
    const listener = isTunnel
      ? undefined
      : onRequest({
          method: request.method,
          url: urlOf(request),
          headers: () => headerPairs(request._header ?? request.getHeaders()),
        })
    const own: Followed = { listener, hasSentHead: false, isOver: false, stop: undefined }
    followed.set(request, own)
    if (listener !== undefined) listenToEnd(request, own)
    return own
  }

  function give(request: Request, chunk: unknown, encoding: unknown): undefined {
    const bytes = bytesOf(chunk, encoding)
    if (bytes !== undefined) followed.get(request)?.listener?.requestBytes(bytes)
    return undefined
  }

  function sendHead(request: Request, own: Followed): void {
    const { _header: head } = request
    if (own.hasSentHead || typeof head !== 'string') return
    own.hasSentHead = true
    own.listener?.sent({ text: head }, {})
  }

  function listenToEnd(request: Request, own: Followed): void {
    // A listener for `error` itself would stop an unhandled error from ending the process.
    request.on(errorMonitor, (error) => barrier.do('http', () => stop(own, stopOf(error))))
    request.on('close', () =>
      barrier.do('http', () => {
        if (request.res?.upgrade) upgraded(request.res, own)
        else stop(own, CLOSED)
      }),
    )
    noteDestroy(request as Destroyable, own)
  }

  function listenToAnswer(request: Request, response: IncomingMessage, own: Followed): void {
    const { socket, statusCode = 0, statusMessage = '', rawHeaders } = response
    own.listener?.sent(headOf(request), {
      address: socket.remoteAddress,
      port: socket.remotePort,
    })
    own.listener?.responseHead(statusCode, statusMessage, headerPairs(rawHeaders))
    noteDestroy(response as Destroyable, own)
    response.on(errorMonitor, (error) => barrier.do('http', () => stop(own, stopOf(error))))
    const { push } = response
    response.push = function (chunk, encoding) {
      barrier.do('an answer to http', () => {
        const bytes = bytesOf(chunk, encoding)
        if (bytes !== undefined) own.listener?.responseBytes(bytes)
        else if (chunk === null && response.complete) complete(response, own)
      })
      return push.call(this, chunk, encoding)
    }
  }

  function complete({ rawTrailers }: IncomingMessage, own: Followed): void {
    if (own.isOver) return
    own.isOver = true
    own.listener?.completed(headerPairs(rawTrailers))
  }

  /** No channel reports an upgrade; what passes afterwards is not HTTP. */
  function upgraded(response: Answer, own: Followed): void {
    const { statusCode = 0, statusMessage = '', rawHeaders } = response
    if (!own.isOver) own.listener?.responseHead(statusCode, statusMessage, headerPairs(rawHeaders))
    complete(response, own)
  }

  function stop(own: Followed, how: Stop): void {
    if (own.isOver) return
    own.isOver = true
    own.listener?.stopped(own.stop ?? how)
  }

  /** Destroying it before it has failed means giving it up: by the host, or its signal. */
  function noteDestroy(stream: Destroyable, own: Followed): void {
    const { destroy } = stream
    stream.destroy = function (reason) {
      barrier.do('http', () => {
        const how = reason === undefined ? HUNG_UP : stopOf(reason)
        if (!own.isOver && how.side === 'agent') own.stop ??= how
      })
      return destroy.call(this, reason)
    }
  }

  function wrapBodyMethod(
    of: Request,
    name: 'write' | 'end',
    before: (request: Request, chunk: unknown, encoding: unknown) => () => void,
  ): void {
    const original = of[name] as (...words: unknown[]) => unknown
    const wrapped = function (this: Request, ...words: unknown[]) {
      let after: (() => void) | undefined
      barrier.do('a request of http', () => {
        after = before(this, words[0], words[1])
      })
      const result = original.apply(this, words)
      if (after !== undefined) barrier.do('a request of http', after)
      return result
    }
    Object.defineProperties(wrapped, {
      name: { value: original.name },
      length: { value: original.length },
    })
    Object.defineProperty(of, name, {
      value: wrapped,
      writable: true,
      configurable: true,
      enumerable: true,
    })
  }
}

type Destroyable = { destroy(reason?: Error): unknown }

type After = ((listener: RequestListener) => void) | undefined

const HUNG_UP: Stop = { side: 'agent', code: 'AbortError', message: '' }

const CLOSED: Stop = {
  side: 'upstream',
  code: 'UNEXPECTED_EOF',
  message: 'the connection ended before the response did',
}

function headOf({ _header: head }: Request): Head {
  return typeof head === 'string' ? { text: head } : {}
}

function urlOf(request: Request): string {
  const { protocol, host, path } = request
  if (/^https?:\/\//.test(path)) return path
  const said = request.getHeader('host')
  return `${protocol}//${typeof said === 'string' && said !== '' ? said : host}${path}`
}

function bytesOf(chunk: unknown, encoding: unknown): Uint8Array | undefined {
  if (chunk instanceof Uint8Array) return chunk
  if (typeof chunk !== 'string') return undefined
  return Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
}
