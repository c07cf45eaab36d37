import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Certificate } from '../host/certificates.js'
import { Exchange } from './exchange.js'
import { Gate } from './gate.js'
import { Moments } from './moments.js'
import { type Cues, play, type Stage } from './play.js'
import { type Asked, readRequest } from './read-request.js'
import { render } from './render.js'
import { replyOf } from './reply.js'
import type { Answer, ModelRequest, Script } from './script.js'
import { type Turn, WebSockets } from './web-sockets.js'

/** How to start a scripted model. */
export type ScriptedModelOptions = {
  /** Default: 0, the system chooses. */
  port?: number
  /**
   * The answer to a WebSocket upgrade: 404, the default, or 426, which Codex takes as a refusal.
   */
  upgradeStatus?: 404 | 426
  /** Accepts upgrades at the Responses API; `deflated`: messages are compressed. */
  webSocket?: boolean | 'deflated'
  /** Makes the server speak TLS. */
  tls?: Certificate
  /** Default: 127.0.0.1. */
  address?: string
  /** Called when an exchange ends, however it ends. */
  onExchange?: (exchange: Exchange) => void
}

/**
 * Starts a model API on 127.0.0.1 that answers as scripted and keeps every byte. With `webSocket`
 * it also takes requests over WebSockets: like each POST, each message is an exchange.
 *
 * @example
 * await using model = await startScriptedModel([{ calls: [execCommand('ls')] }, { text: 'Done.' }])
 * // … run an agent with the base URL `model.baseUrl` …
 * await model.responseSent(2)
 */
export async function startScriptedModel(
  script: Script,
  options: ScriptedModelOptions = {},
): Promise<ScriptedModel> {
  const settings = { keepAliveTimeout: 0, requestTimeout: 0 }
  const server =
    options.tls === undefined
      ? createServer(settings)
      : createTlsServer({ ...settings, ...options.tls })
  server.listen(options.port ?? 0, options.address ?? '127.0.0.1')
  await once(server, 'listening')
  return new ScriptedModel(server, script, options)
}

/** A running scripted model. Requests are numbered from 1, without side requests. */
export class ScriptedModel {
  readonly port: number
  /** `http://127.0.0.1:PORT/v1`, or what the options make of it. */
  readonly baseUrl: string
  /** Every request in order of arrival, including side requests and unknown paths. */
  readonly exchanges: Exchange[] = []
  readonly #server: Server
  readonly #script: Script
  readonly #options: ScriptedModelOptions
  readonly #gate = new Gate()
  readonly #moments = new Moments()
  readonly #sockets: WebSockets | undefined
  #requests = 0
  #isClosing = false
  #fault: unknown

  /** Use `startScriptedModel`. */
  constructor(server: Server, script: Script, options: ScriptedModelOptions) {
    this.#server = server
    this.#script = script
    this.#options = options
    this.port = (server.address() as AddressInfo).port
    this.baseUrl = `${options.tls ? 'https' : 'http'}://${options.address ?? '127.0.0.1'}:${this.port}/v1`
    server.on('request', (request, response) => void this.#serve(request, response))
    if (options.webSocket) this.#sockets = this.#acceptSockets(options.webSocket === 'deflated')
  }

  /** The accepted upgrades, oldest first; each lasts as long as its socket. */
  get upgrades(): Exchange[] {
    return this.exchanges.filter((exchange) => exchange.status === 101)
  }

  /** What came over WebSockets, including prewarms and side requests, oldest first. */
  get messages(): Exchange[] {
    return this.exchanges.filter((exchange) => exchange.transport === 'websocket')
  }

  /** The exchanges that used up the script: `modelExchanges[0]` is request 1. */
  get modelExchanges(): Exchange[] {
    return this.exchanges
      .filter((exchange) => exchange.number !== undefined)
      .sort((one, other) => (one.number ?? 0) - (other.number ?? 0))
  }

  /** Request `number` has arrived with its whole body. */
  async requestArrived(number: number): Promise<Exchange> {
    await this.#moments.of(`request ${number} arrived`)
    return this.#exchange(number)
  }

  /** This many events of answer `number` are written (0: its head is), or all of it is. */
  async responseSent(number: number, events?: number): Promise<Exchange> {
    const what = events === undefined ? 'whole' : `${events} events of`
    await this.#moments.of(`${what} answer ${number} sent`)
    return this.#exchange(number)
  }

  /** The client left before answer `number` ended. */
  async clientGone(number: number): Promise<Exchange> {
    await this.#moments.of(`client of request ${number} gone`)
    return this.#exchange(number)
  }

  /** From now on every answer stops before its head or its next event, until `release()`. */
  hold(): void {
    this.#gate.hold()
  }

  /** Releases what is waiting: everything, or the answer to one request. */
  release(number?: number): void {
    this.#gate.release(number)
  }

  /** Ends every connection. Rejects with what a script's function threw, if one did. */
  async close(): Promise<void> {
    if (this.#isClosing) return
    this.#isClosing = true
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    this.#sockets?.close()
    await closed
    this.#moments.end()
    if (this.#fault !== undefined) throw this.#fault
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #exchange(number: number): Exchange {
    const exchange = this.exchanges.find((one) => one.number === number)
    if (exchange === undefined) throw new Error(`There is no request ${number}.`)
    return exchange
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = new Exchange(request)
    this.exchanges.push(exchange)
    const gone = this.#watch(exchange, response)
    // The answer itself decides whether it still comes after its client has left.
    request.on('error', () => {})
    response.on('error', () => {})
    request.on('data', (bytes: Buffer) => exchange.addRequestBytes(bytes))
    const isWhole = await once(request, 'end', { signal: gone }).then(
      () => true,
      () => false,
    )
    if (!isWhole) return
    try {
      await this.#answer(request, { response, exchange, gone })
    } catch (cause) {
      this.#fault ??= cause
      exchange.isBroken = true
      response.socket?.destroy()
    }
  }

  #watch(exchange: Exchange, response: ServerResponse): AbortSignal {
    const gone = new AbortController()
    response.on('close', () => {
      exchange.isFinished = response.writableFinished
      gone.abort()
      this.#over(exchange)
    })
    return gone.signal
  }

  #over(exchange: Exchange): void {
    const { isFinished, isBroken, number } = exchange
    exchange.aborted = !isFinished && !isBroken && !this.#isClosing
    if (exchange.aborted) this.#moments.happen(`client of request ${number} gone`)
    if (isFinished) this.#moments.happen(`whole answer ${number} sent`)
    this.#options.onExchange?.(exchange)
  }

  #acceptSockets(isDeflated: boolean): WebSockets {
    return new WebSockets(this.#server, {
      isDeflated,
      begun: (exchange) => this.exchanges.push(exchange),
      over: (exchange) => this.#over(exchange),
      next: (asked, exchange, gone) => this.#begin(asked, exchange, gone),
      failed: (cause) => {
        this.#fault ??= cause
      },
    })
  }

  async #answer(request: IncomingMessage, stage: Surroundings): Promise<void> {
    const upgradeStatus = this.#options.upgradeStatus ?? 404
    const asked = readRequest(stage.exchange, request.headers, upgradeStatus)
    if ('api' in asked) return this.#answerByScript(asked, stage)
    const goOn = async () => {}
    return play(asked, {}, { ...stage, sent: goOn, whileHeld: goOn })
  }

  async #answerByScript(asked: Asked, stage: Surroundings): Promise<void> {
    const { answer, reply, cues } = await this.#begin(asked, stage.exchange, stage.gone)
    const rendered = render(answer, reply, asked.api, asked.streams)
    await play(rendered, answer, { ...stage, ...cues })
  }

  async #begin(
    { api, body }: Pick<Asked, 'api' | 'body'>,
    exchange: Exchange,
    gone: AbortSignal,
  ): Promise<Turn> {
    this.#requests += 1
    const number = this.#requests
    exchange.number = number
    this.#moments.happen(`request ${number} arrived`)
    const answer = await this.#next({ number, api: api.name, body, exchange })
    const cues: Cues = {
      // It stops before anybody is told, so that no release can come too early.
      sent: (events) => {
        const released =
          events === answer.holdAfter ? this.#gate.stand(number, gone) : Promise.resolve()
        this.#moments.happen(`${events} events of answer ${number} sent`)
        return released
      },
      whileHeld: () => this.#gate.whileHeld(number, gone),
    }
    return { answer, reply: replyOf(answer, String(number), withModel(body, exchange.url)), cues }
  }

  async #next(request: ModelRequest): Promise<Answer> {
    if (typeof this.#script === 'function') return this.#script(request)
    const step = this.#script[Math.min(request.number, this.#script.length) - 1] ?? {}
    return typeof step === 'function' ? step(request) : step
  }
}

/** Gemini's requests name the model in their path. */
function withModel(body: Record<string, unknown>, url: string): Record<string, unknown> {
  const inPath = /\/models\/([^/:]+):/.exec(url)?.[1]
  return inPath === undefined ? body : { ...body, model: inPath }
}

type Surroundings = Pick<Stage, 'response' | 'exchange' | 'gone'>
