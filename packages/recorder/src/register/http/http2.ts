import { subscribe } from 'node:diagnostics_channel'
import { errorMonitor } from 'node:events'
import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'
import type { Socket } from 'node:net'
import type { FaultBarrier } from '../../fault-barrier.js'
import { unpatched } from '../apart/unpatched.js'
import { headerPairs } from './header-pairs.js'
import type { OnRequest, RequestListener } from './request-listener.js'
import { type Stop, stopOf } from './stop.js'

type Followed = {
  listener: RequestListener
  isOver: boolean
  /** Set if the host gave the request up. */
  stop: Stop | undefined
}

/** The channels' messages, as far as they are used. */
type Message = {
  stream: ClientHttp2Stream
  headers?: IncomingHttpHeaders
  data?: unknown
  encoding?: unknown
}

/**
 * Listens to requests of `http2` (Amazon's SDK, gRPC) through the diagnostics channels that Node has
 * from version 22 on. Before that, `http2` would have to be loaded into each program and wrapped,
 * which takes as long as all else that we load.
 */
export function observeHttp2(onRequest: OnRequest, barrier: FaultBarrier): void {
  const followed = new WeakMap<object, Followed>()
  // undici has channels of its own, for what it asks over HTTP/2, too.
  on('undici:client:connected', ({ socket }: { socket?: object }) => {
    if (socket !== undefined) Object.defineProperty(socket, IS_UNDICIS, { value: true })
  })
  on('http2.client.stream.created', ({ stream, headers = {} }: Message) => {
    const { ':method': method = 'GET' } = headers
    if (method === 'CONNECT' || socketOf(stream)?.[IS_UNDICIS]) return
    const listener = onRequest({ method, url: urlOf(headers), headers: () => headerPairs(headers) })
    if (listener === undefined) return
    const own: Followed = { listener, isOver: false, stop: undefined }
    followed.set(stream, own)
    listenToEnd(stream, own)
  })
  tell('start', ({ listener }, { stream, headers }) => {
    const { remoteAddress: address, remotePort: port } = socketOf(stream) ?? {}
    listener.sent({ headers: headerPairs(headers) }, { address, port })
  })
  tell('bodyChunkSent', ({ listener }, { data, encoding }) => {
    if (!listener.takesBodies) return
    for (const bytes of bytesOf(data, encoding)) listener.requestBytes(bytes)
  })
  tell('bodySent', ({ listener }) => listener.requestEnd())
  tell('finish', (own, { stream, headers = {} }) => {
    const status = Number(headers[':status'])
    if (status < 200) return
    own.listener.responseHead(status, '', headerPairs(headers))
    listenToAnswer(stream, own)
  })

  function listenToAnswer(stream: ClientHttp2Stream, own: Followed): void {
    let trailers: IncomingHttpHeaders = {}
    stream.on('trailers', (fields) => {
      trailers = fields
    })
    const { push } = stream
    stream.push = function (chunk, encoding) {
      barrier.do('an answer to http2', () => {
        if (own.isOver) return
        if (chunk instanceof Uint8Array) own.listener.responseBytes(chunk)
        else if (chunk === null && stream.rstCode === 0 && own.stop === undefined) {
          own.isOver = true
          // Node tells of trailers in a tick that it plans in the same call.
          unpatched.queueMicrotask(() =>
            barrier.do('an answer to http2', () => own.listener.completed(headerPairs(trailers))),
          )
        }
      })
      return push.call(this, chunk, encoding)
    }
  }

  function listenToEnd(stream: ClientHttp2Stream, own: Followed): void {
    // A listener for `error` itself would stop an unhandled error from ending the process.
    stream.on(errorMonitor, (error) => barrier.do('http2', () => stop(own, stopOf(error))))
    stream.on('close', () => barrier.do('http2', () => stop(own, CLOSED)))
    noteGivingUp(stream, own)
  }

  function stop(own: Followed, how: Stop): void {
    if (own.isOver) return
    own.isOver = true
    own.listener.stopped(own.stop ?? how)
  }

  /**
   * Ending it before its answer is whole means giving it up, unless its connection or the server has
   * ended it: then Node does the same.
   */
  function noteGivingUp(stream: ClientHttp2Stream, own: Followed): void {
    const { close, destroy } = stream
    const note = (reason?: unknown) =>
      barrier.do('http2', () => {
        const isCut = stream.rstCode !== 0 || socketOf(stream)?.destroyed !== false
        const how = reason === undefined || reason === null ? HUNG_UP : stopOf(reason)
        if (!own.isOver && !isCut && how.side === 'agent') own.stop ??= how
      })
    stream.close = function (...words) {
      note()
      return close.apply(this, words)
    }
    stream.destroy = function (reason) {
      note(reason)
      return destroy.call(this, reason)
    }
  }

  function tell(channel: string, work: (own: Followed, message: Message) => void): void {
    on(`http2.client.stream.${channel}`, (message: Message) => {
      const own = followed.get(message.stream)
      if (own !== undefined && !own.isOver) work(own, message)
    })
  }

  // An exception from a subscriber ends the process, one tick later.
  function on<Said>(channel: string, work: (message: Said) => void): void {
    subscribe(channel, barrier.around(channel, work as (message: unknown) => void))
  }
}

/** Marks undici's connections; a session shows a stand-in of its socket, which has its members. */
const IS_UNDICIS = Symbol('undici')

/** The connection of a stream, unless it has ended. */
function socketOf({ session }: ClientHttp2Stream): OwnSocket | undefined {
  return session === undefined || session.destroyed ? undefined : session.socket
}

type OwnSocket = Socket & { [IS_UNDICIS]?: true }

const HUNG_UP: Stop = { side: 'agent', code: 'AbortError', message: '' }

const CLOSED: Stop = {
  side: 'upstream',
  code: 'UNEXPECTED_EOF',
  message: 'the stream ended before the response did',
}

function urlOf(headers: IncomingHttpHeaders): string {
  const { ':scheme': scheme = 'https', ':authority': authority, ':path': path = '/' } = headers
  return `${scheme}://${authority ?? headers.host ?? ''}${path}`
}

/** @param written a chunk, or several as `writev` takes them. */
function bytesOf(written: unknown, encoding: unknown): Uint8Array[] {
  if (written instanceof Uint8Array) return [written]
  if (typeof written === 'string') return [Buffer.from(written, encoding as BufferEncoding)]
  if (!Array.isArray(written)) return []
  return written.flatMap((one) => bytesOf(one?.chunk ?? one, one?.encoding))
}
