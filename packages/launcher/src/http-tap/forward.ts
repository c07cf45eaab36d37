import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { Headers } from '@tacho/format'
import type { Exchange, ExchangeEnd } from '@tacho/recorder'
import type { Dispatcher } from 'undici'
import { endToEnd, forHost, pairsOf } from './headers.js'

/** A recorder of one exchange whose calls never throw. */
export type ExchangeTap = {
  /** Sends the request with the exchange's span as the parent of the HTTP span. */
  send(work: () => void): void
  tell(work: (exchange: Exchange) => void): void
}

export type Forwarding = {
  request: IncomingMessage
  response: ServerResponse
  dispatcher: Dispatcher
  origin: string
  path: string
  tap: ExchangeTap
}

/**
 * Sends one request on and its answer back, as they come: chunk by chunk, no faster than the other
 * side takes it, and ended on both sides when one side goes. What passes is told to the tap after
 * it has been passed on.
 */
export function forward({ request, response, dispatcher, origin, path, tap }: Forwarding): void {
  const handler = new AnswerHandler(request, response, tap)
  const headers = forHost(endToEnd(pairsOf(request.rawHeaders)), new URL(origin).host)
  const options: Dispatcher.DispatchOptions = {
    origin,
    path,
    method: request.method as Dispatcher.HttpMethod,
    headers: headers.flat(),
    // undici takes any AsyncIterable, which its types leave out (its docs, DispatchOptions.body).
    body: hasBody(request) ? (bodyOf(request, tap) as unknown as Readable) : null,
  }
  tap.send(() => dispatcher.dispatch(options, handler))
}

class AnswerHandler implements Dispatcher.DispatchHandler {
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #tap: ExchangeTap
  #controller: Dispatcher.DispatchController | undefined
  /** What has come with the read that is being parsed; it is one chunk. */
  #arrived: Buffer[] = []
  #isAgentGone = false

  constructor(request: IncomingMessage, response: ServerResponse, tap: ExchangeTap) {
    this.#request = request
    this.#response = response
    this.#tap = tap
    response.sendDate = false
    response.once('close', () => this.#agentClosed())
    // A write to a connection that is gone; `close` follows.
    response.on('error', () => {})
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#isAgentGone) controller.abort(new AgentGone())
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: unknown,
    statusText = '',
  ): void {
    // Interim responses: Node's server sends its own `100 Continue`, and the others are hints.
    if (status < 200) return
    const headers = pairsOf(controller.rawHeaders as (string | Buffer)[])
    this.#response.writeHead(status, statusText, endToEnd(headers).flat())
    // With the first bytes where they came along, else at once: an agent waits for the head.
    setImmediate(() => this.#response.headersSent || this.#response.flushHeaders())
    this.#tap.tell((exchange) => exchange.responseHead(status, statusText, headers))
  }

  onResponseData(controller: Dispatcher.DispatchController, bytes: Buffer): void {
    if (!this.#response.write(bytes)) {
      controller.pause()
      this.#response.once('drain', () => controller.resume())
    }
    // undici cuts a read at every HTTP chunk; what arrived together is told together.
    if (this.#arrived.push(bytes) === 1) process.nextTick(() => this.#tellArrived())
  }

  onResponseEnd(
    _controller: unknown,
    trailers: Record<string, string | string[] | undefined>,
  ): void {
    const fields: Headers = Object.entries(trailers ?? {}).flatMap(([name, value]) =>
      [value ?? []].flat().map((one): [string, string] => [name, one]),
    )
    if (fields.length > 0) this.#response.addTrailers(fields)
    this.#response.end()
    this.#tellArrived()
    this.#over({ state: 'completed', trailers: fields })
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#tellArrived()
    if (this.#isAgentGone) this.#over({ state: 'cancelled' })
    else this.#breakOff(codeOf(error), error.message)
  }

  // The agent sees what it would have seen: a connection that breaks, and no answer of ours.
  #breakOff(code: string, message: string): void {
    if (code === 'ECONNRESET') this.#request.socket.resetAndDestroy()
    else this.#request.socket.destroy()
    this.#over({ state: 'failed', error: { side: 'upstream', code, message } })
  }

  #agentClosed(): void {
    if (this.#response.writableFinished) return
    this.#isAgentGone = true
    this.#tap.tell((exchange) => exchange.hungUp())
    this.#controller?.abort(new AgentGone())
  }

  #tellArrived(): void {
    const [first, ...others] = this.#arrived
    if (first === undefined) return
    this.#arrived = []
    const bytes = others.length === 0 ? first : Buffer.concat([first, ...others])
    this.#tap.tell((exchange) => exchange.responseBytes(bytes))
  }

  #over(end: ExchangeEnd): void {
    this.#tap.tell((exchange) => exchange.end(end))
  }
}

/** The agent has hung up. */
class AgentGone extends Error {
  override readonly name = 'AgentGone'
}

function hasBody(request: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': coding } = request.headers
  return coding !== undefined || (length !== undefined && length !== '0')
}

async function* bodyOf(request: IncomingMessage, tap: ExchangeTap): AsyncGenerator<Buffer> {
  for await (const bytes of request as AsyncIterable<Buffer>) {
    tap.tell((exchange) => exchange.requestBytes(bytes))
    yield bytes
  }
  setImmediate(() => tap.tell((exchange) => exchange.requestEnd()))
}

function codeOf(error: Error): string {
  const { code, cause } = error as NodeJS.ErrnoException
  return code ?? (cause as NodeJS.ErrnoException | undefined)?.code ?? error.name
}
