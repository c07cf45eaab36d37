import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { Headers } from '@tacho/format'
import type { Exchange, ExchangeEnd } from '@tacho/recorder'
import type { Dispatcher } from 'undici'
import { endToEnd, pairsOf } from './headers.js'

/** A recorder of one exchange whose calls never throw. */
export type ExchangeTap = {
  /** Sends the request with the exchange's span as the parent of the HTTP span. */
  send(work: () => void): void
  /** Has the work done as soon as it is in nobody's way; it is given the time of now. */
  tell(work: (exchange: Exchange, at: number) => void): void
  /** Has all of it done now: a request is on the disk before the first byte of its answer is out. */
  settle(): void
}

export type Forwarding = {
  request: IncomingMessage
  response: ServerResponse
  dispatcher: Dispatcher
  origin: string
  path: string
  /** The request's own, for the upstream. */
  headers: Headers
  tap: ExchangeTap
}

/**
 * Sends one request on and its answer back, as they come: chunk by chunk, no faster than the other
 * side takes it, and ended on both sides when one side goes. What passes is told to the tap after
 * it has been passed on.
 */
export function forward(forwarding: Forwarding): void {
  const { request, response, dispatcher, origin, path, headers, tap } = forwarding
  const handler = new AnswerHandler(request, response, tap)
  const send = (body: Dispatcher.DispatchOptions['body']) => {
    const method = request.method as Dispatcher.HttpMethod
    const options = { origin, path, method, headers: headers.flat(), body: body ?? null }
    tap.send(() => dispatcher.dispatch(options, handler))
  }
  const length = bodyLength(request)
  if (length === 0) send(null)
  else if (length <= WHOLE_BYTES) sendWhole(request, tap, send)
  // undici takes any AsyncIterable, which its types leave out (its docs, DispatchOptions.body).
  else send(streamed(request, tap) as unknown as Readable)
}

/** A request body up to this size is sent on with its head, in one piece: agents send it so too. */
const WHOLE_BYTES = 1024 * 1024

class AnswerHandler implements Dispatcher.DispatchHandler {
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #tap: ExchangeTap
  #controller: Dispatcher.DispatchController | undefined
  /** What has come with the read that is being parsed; it is one chunk. */
  #arrived: Buffer[] = []
  #isAgentGone = false
  #hasPassedOn = false

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
    this.#tap.settle()
    const headers = pairsOf(controller.rawHeaders as (string | Buffer)[])
    this.#response.writeHead(status, statusText, endToEnd(headers).flat())
    // With the first bytes where they came along, else at once: an agent waits for the head.
    setImmediate(() => {
      if (!this.#hasPassedOn) this.#response.flushHeaders()
    })
    this.#tap.tell((exchange, at) => exchange.responseHead(status, statusText, headers, at))
  }

  // undici cuts a read at every HTTP chunk; what arrived together is passed on together.
  onResponseData(_controller: unknown, bytes: Buffer): void {
    if (this.#arrived.push(bytes) === 1) process.nextTick(() => this.#passOn())
  }

  onResponseEnd(
    _controller: unknown,
    trailers: Record<string, string | string[] | undefined>,
  ): void {
    const fields: Headers = Object.entries(trailers ?? {}).flatMap(([name, value]) =>
      [value ?? []].flat().map((one): [string, string] => [name, one]),
    )
    if (fields.length > 0) this.#response.addTrailers(fields)
    this.#passOn()
    this.#response.end()
    this.#over({ state: 'completed', trailers: fields })
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#passOn()
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
    this.#tap.tell((exchange, at) => exchange.hungUp(at))
    this.#controller?.abort(new AgentGone())
  }

  #passOn(): void {
    const [first, ...others] = this.#arrived
    if (first === undefined) return
    this.#arrived = []
    const bytes = others.length === 0 ? first : Buffer.concat([first, ...others])
    this.#hasPassedOn = true
    if (!this.#response.write(bytes)) {
      this.#controller?.pause()
      this.#response.once('drain', () => this.#controller?.resume())
    }
    this.#tap.tell((exchange, at) => exchange.responseBytes(bytes, at))
  }

  #over(end: ExchangeEnd): void {
    this.#tap.tell((exchange, at) => exchange.end(end, at))
  }
}

/** The agent has hung up. */
class AgentGone extends Error {
  override readonly name = 'AgentGone'
}

/** How long a request's body is, in bytes; one of unknown length is endless. */
function bodyLength({ headers }: IncomingMessage): number {
  if (headers['transfer-encoding'] !== undefined) return Number.POSITIVE_INFINITY
  return Number(headers['content-length'] ?? 0)
}

function sendWhole(request: IncomingMessage, tap: ExchangeTap, send: (body: Buffer) => void): void {
  const parts: Buffer[] = []
  request.on('data', (bytes: Buffer) => {
    parts.push(bytes)
    tap.tell((exchange) => exchange.requestBytes(bytes))
  })
  request.on('end', () => {
    send(Buffer.concat(parts))
    tap.tell((exchange, at) => exchange.requestEnd(at))
  })
  // The agent went away while it was sending: there is nobody to ask for.
  request.on('error', () => {
    tap.tell((exchange, at) => exchange.end({ state: 'cancelled' }, at))
  })
}

async function* streamed(request: IncomingMessage, tap: ExchangeTap): AsyncGenerator<Buffer> {
  for await (const bytes of request as AsyncIterable<Buffer>) {
    tap.tell((exchange) => exchange.requestBytes(bytes))
    yield bytes
  }
  tap.tell((exchange, at) => exchange.requestEnd(at))
}

function codeOf(error: Error): string {
  const { code, cause } = error as NodeJS.ErrnoException
  return code ?? (cause as NodeJS.ErrnoException | undefined)?.code ?? error.name
}
