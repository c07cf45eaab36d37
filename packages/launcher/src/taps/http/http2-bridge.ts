import { Duplex, Readable } from 'node:stream'
import type { Headers } from '@tacho/format'
import type { Dispatcher } from 'undici'
import { HEAD_BYTES } from '../../network/limits.js'
import { endToEnd } from './headers.js'
import { requestBodyLength } from './wire/body-length.js'
import { type RequestHead, readRequestHead } from './wire/message-head.js'
import { MessageReader } from './wire/message-reader.js'

export type Http2BridgeOptions = {
  dispatcher: Dispatcher
  origin: string
  /** Sends the request that has arrived, within the exchange that it belongs to. */
  send: (work: () => void) => void
}

/**
 * A connection that accepts HTTP/1 requests and returns HTTP/1 answers, and speaks HTTP/2 to an API
 * that supports nothing else. Only here bytes cannot pass unchanged, because an agent that asked
 * over HTTP/1 cannot receive HTTP/2.
 */
export class Http2Bridge extends Duplex {
  readonly #options: Http2BridgeOptions
  readonly #requests: MessageReader<RequestHead>
  #body: Readable | undefined
  #isAnswering = false
  #controller: Dispatcher.DispatchController | undefined
  /** Continues writing once the request's body is consumed. */
  #written: (() => void) | undefined

  constructor(options: Http2BridgeOptions) {
    super({ allowHalfOpen: true })
    this.#options = options
    this.#requests = new MessageReader(readRequestHead, HEAD_BYTES, {
      head: (head) => this.#take(head),
      body: (_wire, content) => {
        for (const bytes of content) this.#body?.push(bytes)
      },
      end: () => this.#body?.push(null),
      opaque: (_wire, reason) => this.destroy(new Error(reason ?? 'no HTTP/1 request')),
    })
  }

  override _write(bytes: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.#requests.push(bytes)
    const isFull = (this.#body?.readableLength ?? 0) > (this.#body?.readableHighWaterMark ?? 0)
    if (isFull) this.#written = done
    else done()
  }

  override _final(done: () => void): void {
    this.#requests.end()
    done()
  }

  override _read(): void {
    this.#controller?.resume()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#controller?.abort(error ?? new Error('the agent hung up'))
    this.#body?.destroy()
    done(error)
  }

  #take(head: RequestHead) {
    if (this.#isAnswering) return 'wait'
    this.#isAnswering = true
    const length = requestBodyLength(head)
    const body = new Readable({ read: () => this.#takeMore() })
    body.on('error', () => {})
    this.#body = body
    const method = head.method as Dispatcher.HttpMethod
    const { dispatcher, origin, send } = this.#options
    const headers = endToEnd(head.headers).filter(([name]) => !/^host$/i.test(name))
    const options = { origin, path: head.target, method, headers: headers.flat() }
    send(() => {
      if (this.destroyed) return
      try {
        dispatcher.dispatch({ ...options, body: length === 0 ? null : body }, this.#answer(method))
      } catch (error) {
        this.destroy(error as Error)
      }
    })
    return length
  }

  #takeMore(): void {
    const written = this.#written
    this.#written = undefined
    written?.()
  }

  #answer(method: string): Dispatcher.DispatchHandler {
    let isChunked = false
    return {
      onRequestStart: (controller) => {
        this.#controller = controller
      },
      onResponseStart: (_controller, status, fields, statusText = '') => {
        if (status < 200) return
        const headers = pairsOf(fields)
        const hasBody = method !== 'HEAD' && status !== 204 && status !== 304
        isChunked = hasBody && !headers.some(([name]) => name === 'content-length')
        if (isChunked) headers.push(['transfer-encoding', 'chunked'])
        const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`)
        const head = `HTTP/1.1 ${status} ${statusText}\r\n${lines.join('')}\r\n`
        this.push(Buffer.from(head, 'latin1'))
      },
      onResponseData: (controller, bytes) => {
        const size = Buffer.from(`${bytes.length.toString(16)}\r\n`)
        const framed = isChunked ? Buffer.concat([size, bytes, CRLF]) : bytes
        if (!this.push(framed)) controller.pause()
      },
      onResponseEnd: (_controller, trailers) => {
        const lines = pairsOf(trailers).map(([name, value]) => `${name}: ${value}\r\n`)
        if (isChunked) this.push(Buffer.from(`0\r\n${lines.join('')}\r\n`, 'latin1'))
        this.#isAnswering = false
        this.#requests.resume()
      },
      onResponseError: (_controller, error) => {
        this.destroy(error)
      },
    }
  }
}

const CRLF = Buffer.from('\r\n')

function pairsOf(fields: Record<string, string | string[] | undefined> | undefined): Headers {
  return Object.entries(fields ?? {}).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  )
}
