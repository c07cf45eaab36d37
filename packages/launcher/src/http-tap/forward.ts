import { Readable } from 'node:stream'
import type { Headers } from '@tacho/format'
import type { Exchange, ExchangeEnd } from '@tacho/recorder'
import type { Dispatcher } from 'undici'
import type { Answer } from '../http-server/answer.js'
import type { ServerRequest } from '../http-server/server-request.js'
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
  request: ServerRequest
  answer: Answer
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
  const { request, answer, dispatcher, origin, path, headers, tap } = forwarding
  const handler = new AnswerHandler(answer, tap)
  const send = (body: Dispatcher.DispatchOptions['body']) => {
    const method = request.head.method as Dispatcher.HttpMethod
    const options = { origin, path, method, headers: headers.flat(), body: body ?? null }
    tap.send(() => dispatcher.dispatch(options, handler))
  }
  const { body } = request.head
  if (body === 0) send(null)
  else if (body !== 'chunked' && body <= WHOLE_BYTES) sendWhole(request, tap, send)
  else send(streamed(request, tap))
}

/** A request body up to this size is sent on with its head, in one piece: agents send it so too. */
const WHOLE_BYTES = 1024 * 1024

class AnswerHandler implements Dispatcher.DispatchHandler {
  readonly #answer: Answer
  readonly #tap: ExchangeTap
  #controller: Dispatcher.DispatchController | undefined
  /** What has come with the read that is being parsed; it is one chunk. */
  #arrived: Buffer[] = []
  /** How many of them are on their way to the agent already. */
  #passedOn = 0
  #hasBegun = false
  #isAgentGone = false

  constructor(answer: Answer, tap: ExchangeTap) {
    this.#answer = answer
    this.#tap = tap
    answer.onGone = () => this.#agentGone()
    answer.onDrain = () => this.#controller?.resume()
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
    // Interim responses: our server sends its own `100 Continue`, and the others are hints.
    if (status < 200) return
    this.#tap.settle()
    const headers = pairsOf(controller.rawHeaders as (string | Buffer)[])
    this.#answer.head(status, statusText, endToEnd(headers))
    // With the first bytes where they came along, else at once: an agent waits for the head.
    setImmediate(() => this.#answer.flush())
    this.#tap.tell((exchange, at) => exchange.responseHead(status, statusText, headers, at))
  }

  // undici cuts a read at every HTTP chunk; what arrived together is passed on together. All but the
  // very first, for the agent waits for that, and taking a read apart can be 0.1 ms.
  onResponseData(_controller: unknown, bytes: Buffer): void {
    if (this.#arrived.push(bytes) === 1) process.nextTick(() => this.#passOn())
    if (this.#hasBegun) return
    this.#hasBegun = true
    this.#passedOn = 1
    this.#write(bytes)
    this.#answer.sendNow()
  }

  onResponseEnd(
    _controller: unknown,
    trailers: Record<string, string | string[] | undefined>,
  ): void {
    const fields: Headers = Object.entries(trailers ?? {}).flatMap(([name, value]) =>
      [value ?? []].flat().map((one): [string, string] => [name, one]),
    )
    this.#passOn()
    this.#answer.end(fields)
    this.#over({ state: 'completed', trailers: fields })
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#passOn()
    if (this.#isAgentGone) this.#over({ state: 'cancelled' })
    else this.#breakOff(codeOf(error), error.message)
  }

  // The agent sees what it would have seen: a connection that breaks, and no answer of ours.
  #breakOff(code: string, message: string): void {
    this.#answer.breakOff(code === 'ECONNRESET')
    this.#over({ state: 'failed', error: { side: 'upstream', code, message } })
  }

  #agentGone(): void {
    this.#isAgentGone = true
    this.#tap.tell((exchange, at) => exchange.hungUp(at))
    this.#controller?.abort(new AgentGone())
  }

  #passOn(): void {
    const arrived = this.#arrived
    if (arrived.length === 0) return
    const rest = joined(arrived.slice(this.#passedOn))
    const bytes = this.#passedOn === 0 ? rest : joined(arrived)
    this.#arrived = []
    this.#passedOn = 0
    this.#write(rest)
    this.#tap.tell((exchange, at) => exchange.responseBytes(bytes, at))
  }

  #write(bytes: Buffer): void {
    if (!this.#answer.write(bytes)) this.#controller?.pause()
  }

  #over(end: ExchangeEnd): void {
    this.#tap.tell((exchange, at) => exchange.end(end, at))
  }
}

function joined(parts: readonly Buffer[]): Buffer {
  const [first, ...others] = parts
  return first !== undefined && others.length === 0 ? first : Buffer.concat(parts)
}

/** The agent has hung up. */
class AgentGone extends Error {
  override readonly name = 'AgentGone'
}

function sendWhole(request: ServerRequest, tap: ExchangeTap, send: (body: Buffer) => void): void {
  const parts: Buffer[] = []
  request.read({
    bytes: (piece) => parts.push(piece),
    end() {
      const body = joined(parts)
      send(body)
      tap.tell((exchange, at) => {
        exchange.requestBytes(body)
        exchange.requestEnd(at)
      })
    },
    // The agent went away while it was sending: there is nobody to ask for.
    gone() {
      tap.tell((exchange, at) => {
        for (const part of parts) exchange.requestBytes(part)
        exchange.end({ state: 'cancelled' }, at)
      })
    },
  })
}

function streamed(request: ServerRequest, tap: ExchangeTap): Readable {
  const body = new Readable({ read: () => request.resume() })
  request.read({
    bytes(piece) {
      tap.tell((exchange) => exchange.requestBytes(piece))
      if (!body.push(piece)) request.pause()
    },
    end() {
      body.push(null)
      tap.tell((exchange, at) => exchange.requestEnd(at))
    },
    gone: () => body.destroy(new AgentGone()),
  })
  return body
}

function codeOf(error: Error): string {
  const { code, cause } = error as NodeJS.ErrnoException
  return code ?? (cause as NodeJS.ErrnoException | undefined)?.code ?? error.name
}
