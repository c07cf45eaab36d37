import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Headers } from '@tacho/format'
import type { Conversation, Exchange, Recording, RequestHead } from '@tacho/recorder'
import { Harmless } from '@tacho/recorder'
import type { Answer } from '../http-server/answer.js'
import { HttpConnection } from '../http-server/http-connection.js'
import type { RequestHead as Head } from '../http-server/request-head.js'
import type { ServerRequest } from '../http-server/server-request.js'
import { type ExchangeTap, forward } from './forward.js'
import { type Guard, guardOf } from './guard.js'
import { endToEnd, forHost } from './headers.js'
import { openUpstream } from './upstream.js'

export type HttpTapOptions = {
  recording: Recording
  /** Where requests go; chosen by the request's headers where the agent has two (Codex by its login). */
  upstream: (request: Head) => URL
  provider: string
  /** After how long without a byte the agent gives up, in milliseconds. */
  idleTimeout: number
  environment: NodeJS.ProcessEnv
  /** What a request says of the conversation it belongs to. */
  conversationOf: (request: Head) => Conversation
  /**
   * Paths that only the recording makes the agent ask for: they are answered with 404, do not reach
   * the upstream, and are no exchanges.
   */
  declines?: (path: string) => boolean
  /** Is told of each exchange that begins and each that ends. */
  onExchange?: (conversation: Conversation) => void
}

// What may wait in the socket to the agent before the upstream is made to wait. With Node's 16 KiB
// each side stands still while the other works.
const SOCKET_BYTES = 1024 * 1024

/** A loopback reverse proxy between an agent and its model API. */
export class HttpTap {
  readonly #options: HttpTapOptions
  readonly #server: Server
  readonly #connections = new Set<Socket>()
  #guard: Guard = () => ({ refusal: 403 })
  #port = 0
  readonly #dispatcher
  readonly #harmless: Harmless
  // 32 random bytes: what only the recorded host is told.
  readonly #secret = randomBytes(32).toString('base64url')
  readonly #open = new Map<Exchange, Conversation>()
  /** WebSocket upgrades that were refused: Codex says a line about each on its standard error. */
  refusedUpgrades = 0

  private constructor(options: HttpTapOptions) {
    this.#options = options
    this.#dispatcher = openUpstream(options.environment)
    const { recording } = options
    recording.scrubber.learn(this.#secret, 'tap')
    this.#harmless = new Harmless((part, cause) =>
      recording.log('error', 'tacho', `${part}: ${String(cause)}`),
    )
    this.#server = createServer({ highWaterMark: SOCKET_BYTES, noDelay: true }, (socket) => {
      this.#connections.add(socket)
      socket.once('close', () => this.#connections.delete(socket))
      new HttpConnection(
        socket,
        (request, answer) => this.#take(request, answer),
        (cause) => recording.log('error', 'tacho', `a request is broken off: ${String(cause)}`),
      )
    })
  }

  /** Starts to listen, on 127.0.0.1 and a port that the system chooses. */
  static async start(options: HttpTapOptions): Promise<HttpTap> {
    const tap = new HttpTap(options)
    tap.#server.listen(0, '127.0.0.1')
    await once(tap.#server, 'listening')
    tap.#port = (tap.#server.address() as AddressInfo).port
    tap.#guard = guardOf(tap.#port)
    return tap
  }

  get port(): number {
    return this.#port
  }

  /**
   * The base URL to give to the agent in place of its own. The upstream's host stands in the path:
   * Codex knows Azure by it, and an error message of the agent's says where the request went.
   */
  baseUrl(upstream: URL): string {
    const path = upstream.pathname === '/' ? '' : upstream.pathname.replace(/\/$/, '')
    return `http://127.0.0.1:${this.port}/${this.#secret}/${upstream.host}${path}`
  }

  /** Ends what is open and stops listening. */
  async close(): Promise<void> {
    this.#server.close()
    for (const socket of this.#connections) socket.destroy()
    await this.#dispatcher.destroy()
    this.#options.recording.later.settle()
    // An exchange whose two sides are gone and that nobody has ended.
    for (const exchange of this.#open.keys())
      this.#harmless.do('exchange', () => exchange.end({ state: 'cancelled' }))
  }

  #take(request: ServerRequest, answer: Answer): void {
    const { head } = request
    const upstream = this.#options.upstream(head)
    const admission = this.#guard(head, `/${this.#secret}/${upstream.host}`)
    if ('refusal' in admission) answer.refuse(admission.refusal, REFUSALS[admission.refusal])
    else if (head.wantsUpgrade) this.#refuseUpgrade(answer, admission.path)
    else if (this.#options.declines?.(admission.path)) answer.empty(404, REFUSALS[404])
    else this.#forward(request, answer, upstream, admission.path)
  }

  #forward(request: ServerRequest, answer: Answer, upstream: URL, path: string): void {
    const { origin, host } = upstream
    const headers = forHost(endToEnd(request.head.headers), host)
    const tap = this.#exchangeTap(request.head, origin + path, headers)
    forward({ request, answer, dispatcher: this.#dispatcher, origin, path, headers, tap })
  }

  /** An exchange begins when it is told of: until the request is on its way, nothing is recorded. */
  #exchangeTap(request: Head, url: string, headers: Headers): ExchangeTap {
    const { recording, conversationOf } = this.#options
    let exchange: Exchange | undefined
    const tell = (work: (at: number) => void) => {
      const at = recording.now()
      recording.later.do(() => this.#harmless.do('exchange', () => work(at)))
    }
    tell((at) => {
      const conversation = conversationOf(request)
      exchange = this.#begin({ method: request.method, url, headers, conversation }, at)
    })
    return {
      send: (work) => recording.sending(() => exchange, work),
      settle: () => recording.later.settle(),
      tell: (work) => {
        tell((at) => {
          if (exchange === undefined) return
          work(exchange, at)
          this.#noteEnd(exchange)
        })
      },
    }
  }

  #begin(head: Omit<RequestHead, 'provider' | 'idleTimeout'>, at: number): Exchange {
    const { recording, provider, idleTimeout, onExchange } = this.#options
    const exchange = recording.exchange({ ...head, provider, idleTimeout }, at)
    this.#open.set(exchange, head.conversation)
    exchange.begin()
    onExchange?.(head.conversation)
    return exchange
  }

  #noteEnd(exchange: Exchange): void {
    const conversation = this.#open.get(exchange)
    if (!exchange.isOver || conversation === undefined) return
    this.#open.delete(exchange)
    this.#options.onExchange?.(conversation)
  }

  // Codex falls back to HTTP at once when its WebSocket gets this answer (RFC 9110, 15.5.22).
  #refuseUpgrade(answer: Answer, path: string): void {
    this.refusedUpgrades += 1
    const { recording } = this.#options
    recording.log('debug', 'tacho', `WebSocket to ${path} refused, so that it is HTTP`)
    answer.refuse(426, 'Upgrade Required')
  }
}

const REFUSALS = { 403: 'Forbidden', 404: 'Not Found' }
