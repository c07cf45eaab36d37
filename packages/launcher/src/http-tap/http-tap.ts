import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Headers } from '@tacho/format'
import type { Conversation, Exchange, Recording, RequestHead } from '@tacho/recorder'
import { Harmless } from '@tacho/recorder'
import { type ExchangeTap, forward } from './forward.js'
import { admit } from './guard.js'
import { endToEnd, forHost, pairsOf } from './headers.js'
import { openUpstream } from './upstream.js'

export type HttpTapOptions = {
  recording: Recording
  /** Where requests go; chosen by the request's headers where the agent has two (Codex by its login). */
  upstream: (request: IncomingMessage) => URL
  provider: string
  /** After how long without a byte the agent gives up, in milliseconds. */
  idleTimeout: number
  environment: NodeJS.ProcessEnv
  /** What a request says of the conversation it belongs to. */
  conversationOf: (request: IncomingMessage) => Conversation
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
  #port = 0
  readonly #dispatcher
  readonly #harmless: Harmless
  // 32 random bytes: what only the recorded host is told.
  readonly #secret = randomBytes(32).toString('base64url')
  readonly #open = new Set<Exchange>()
  /** What is still to be told, in order. */
  readonly #waiting: (() => void)[] = []
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
    // The agent decides how long it waits and how long it keeps a connection.
    this.#server = createServer({
      keepAliveTimeout: 0,
      requestTimeout: 0,
      headersTimeout: 0,
      maxHeaderSize: 1024 * 1024,
      highWaterMark: SOCKET_BYTES,
    })
    this.#server.timeout = 0
    this.#server.on('request', (request, response) => {
      const admission = admit(request, this.port, this.#prefix(request))
      if ('refusal' in admission) response.writeHead(admission.refusal).end()
      else if (options.declines?.(admission.path)) response.writeHead(404).end()
      else this.#forward(request, response, admission.path)
    })
    this.#server.on('upgrade', (request, socket) => this.#refuseUpgrade(request, socket))
    this.#server.on('clientError', (_error, socket) => socket.destroy())
  }

  /** Starts to listen, on 127.0.0.1 and a port that the system chooses. */
  static async start(options: HttpTapOptions): Promise<HttpTap> {
    const tap = new HttpTap(options)
    tap.#server.listen(0, '127.0.0.1')
    await once(tap.#server, 'listening')
    tap.#port = (tap.#server.address() as AddressInfo).port
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
    this.#server.closeAllConnections()
    await this.#dispatcher.destroy()
    this.#doWaiting()
    // An exchange whose two sides are gone and that nobody has ended.
    for (const exchange of this.#open)
      this.#harmless.do('exchange', () => exchange.end({ state: 'cancelled' }))
  }

  #prefix(request: IncomingMessage): string {
    return `/${this.#secret}/${this.#options.upstream(request).host}`
  }

  #forward(request: IncomingMessage, response: ServerResponse, path: string): void {
    const { origin, host } = this.#options.upstream(request)
    const headers = forHost(endToEnd(pairsOf(request.rawHeaders)), host)
    const tap = this.#exchangeTap(request, origin + path, headers)
    forward({ request, response, dispatcher: this.#dispatcher, origin, path, headers, tap })
  }

  #exchangeTap(request: IncomingMessage, url: string, headers: Headers): ExchangeTap {
    const conversation = this.#options.conversationOf(request)
    const method = request.method ?? 'GET'
    const exchange = this.#begin({ method, url, headers, conversation })
    if (exchange === undefined) return { send: (work) => work(), tell() {}, settle() {} }
    return {
      send: (work) => exchange.send(work),
      settle: () => this.#doWaiting(),
      tell: (work) => {
        const at = this.#options.recording.now()
        this.#later(() => {
          this.#harmless.do('exchange', () => work(exchange, at))
          if (exchange.isOver && this.#open.delete(exchange))
            this.#options.onExchange?.(conversation)
        })
      },
    }
  }

  #begin(head: Omit<RequestHead, 'provider' | 'idleTimeout'>): Exchange | undefined {
    let exchange: Exchange | undefined
    this.#harmless.do('exchange', () => {
      const { recording, provider, idleTimeout } = this.#options
      const begun = recording.exchange({ ...head, provider, idleTimeout })
      exchange = begun
      this.#open.add(begun)
      this.#later(() => {
        this.#harmless.do('exchange', () => begun.begin())
        this.#options.onExchange?.(head.conversation)
      })
    })
    return exchange
  }

  /**
   * Does our own work, in its order, once all that has arrived is on its way again. That is two
   * rounds of `setImmediate` away: undici uses one to see whether an idle socket is still good, and
   * writes the request then.
   */
  #later(work: () => void): void {
    if (this.#waiting.push(work) > 1) return
    setImmediate(() => setImmediate(() => this.#doWaiting()))
  }

  #doWaiting(): void {
    for (const work of this.#waiting.splice(0)) work()
  }

  // Codex falls back to HTTP at once when its WebSocket gets this answer (RFC 9110, 15.5.22).
  #refuseUpgrade(request: IncomingMessage, socket: Duplex): void {
    const admission = admit(request, this.port, this.#prefix(request))
    const status = 'path' in admission ? '426 Upgrade Required' : `${admission.refusal} Refused`
    if ('path' in admission) {
      this.refusedUpgrades += 1
      this.#options.recording.log(
        'debug',
        'tacho',
        `WebSocket to ${admission.path} refused, so that it is HTTP`,
      )
    }
    socket.on('error', () => {})
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  }
}
