import type { Conversation, Exchange } from '@tacho/recorder'
import type { HttpEvent, Side } from './http-event.js'
import { joinParts } from './join-parts.js'
import { RecordedSocket } from './recorded-socket.js'
import {
  headerValue,
  headerWords,
  type RequestHead,
  type ResponseHead,
} from './wire/message-head.js'

/** A request that begins, as far as its head describes it. */
export type Beginning = {
  method: string
  url: string
  headers: [string, string][]
  conversation: Conversation
  webSocket?: { connection: string; isPrewarm: boolean }
}

export type RecordedConnectionOptions = {
  /** Begins an exchange of the recording. */
  begin: (beginning: Beginning, at: number) => Exchange
  /** Called with each exchange that has ended. */
  onEnd: (exchange: Exchange) => void
  /**
   * @param body the first bytes of the body, if {@link needsBody} asks for them and there are any.
   */
  conversationOf: (head: RequestHead, body: Buffer | undefined) => Conversation
  /** Whether the head alone does not identify the conversation, so the body must begin first. */
  needsBody?: boolean | undefined
  /** Returns what a WebSocket message says about it; the upgrade's part is already in `upgrade`. */
  conversationOfMessage: (message: Record<string, unknown>, upgrade: Conversation) => Conversation
  /** Runs work that is triggered outside the fault barrier. */
  quietly: (work: () => void) => void
}

type Open = {
  exchange: Exchange
  head: RequestHead
  conversation: Conversation
  response: ResponseHead | undefined
  /** Its answer is not HTTP: that an agent hangs up then does not cancel it. */
  isOtherProtocol: boolean
  isRequestOver: boolean
  trailers: [string, string][] | undefined
  socket: RecordedSocket | undefined
}

/** Records what the tap saw on one connection of the agent's as exchanges. */
export class RecordedConnection {
  readonly #options: RecordedConnectionOptions
  readonly #open = new Map<number, Open>()
  /** A request whose body has not begun. */
  #head: (HttpEvent & { kind: 'request-head' }) | undefined
  /** The connection that this request is sent on. */
  #sent: (HttpEvent & { kind: 'request-sent' }) | undefined
  #socketsEnd: Promise<unknown> = Promise.resolve()
  #firstClosed: { side: Side; code: string; at: number } | undefined

  constructor(options: RecordedConnectionOptions) {
    this.#options = options
  }

  /** Returns the exchange of an open request. */
  exchangeOf(request: number): Exchange | undefined {
    this.#beginHeld(undefined)
    return this.#open.get(request)?.exchange
  }

  /** Resolves when everything reported is recorded. */
  async drained(): Promise<void> {
    await this.#socketsEnd
  }

  take(event: HttpEvent): void {
    // The connection says nothing about its conversation.
    if (event.kind === 'request-sent' && this.#head?.request === event.request) {
      this.#sent = event
      return
    }
    this.#beginHeld(event.kind === 'request-body' ? event.bytes : undefined)
    switch (event.kind) {
      case 'request-head':
        if (this.#options.needsBody === true) this.#head = event
        else this.#begin(event, undefined)
        break
      case 'side-closed':
        this.#sideClosed(event)
        break
      case 'closed':
        this.#closed(event.at)
        break
      default: {
        const open = this.#open.get(event.request)
        if (open !== undefined) this.#takeOf(open, event)
      }
    }
  }

  #takeOf(
    open: Open,
    event: Exclude<HttpEvent, { kind: 'request-head' | 'side-closed' | 'closed' }>,
  ): void {
    const { exchange } = open
    const { at, request } = event
    switch (event.kind) {
      case 'request-sent':
        exchange.sent(event)
        break
      case 'request-body':
        exchange.requestBytes(event.bytes)
        break
      case 'request-end':
        open.isRequestOver = true
        exchange.requestEnd(at)
        this.#endWhole(request, open, at)
        break
      case 'interim-response':
        break
      case 'response-head':
        this.#responseHead(open, event.head, at)
        break
      case 'response-body':
        exchange.responseBytes(joinParts(event.parts), at)
        break
      case 'response-end':
        open.trailers = event.trailers
        this.#endWhole(request, open, at)
        break
      case 'unparsed':
        open.isOtherProtocol ||= event.side === 'upstream' && open.response === undefined
        exchange.unparsed(event.side === 'agent' ? 'request' : 'response', event.reason, at)
        break
      case 'opaque':
        this.#opaque(open, event.side, event.bytes, at)
        break
      case 'unreachable': {
        const { code, message } = event
        const error = { side: 'upstream' as const, code, message }
        this.#end(request, open, at, { state: 'failed', error })
        break
      }
      default:
        unknownKind(event)
    }
  }

  /** @param body the first bytes of the body that the held request waits for. */
  #beginHeld(body: Buffer | undefined): void {
    const [head, sent] = [this.#head, this.#sent]
    this.#head = undefined
    this.#sent = undefined
    if (head === undefined) return
    this.#begin(head, body)
    if (sent !== undefined) this.take(sent)
  }

  #begin(
    { request, head, url, at }: HttpEvent & { kind: 'request-head' },
    body: Buffer | undefined,
  ): void {
    const conversation = this.#options.conversationOf(head, body)
    const { method, headers } = head
    const exchange = this.#options.begin({ method, url, headers, conversation }, at)
    this.#open.set(request, {
      exchange,
      head,
      conversation,
      response: undefined,
      isOtherProtocol: false,
      isRequestOver: false,
      trailers: undefined,
      socket: undefined,
    })
  }

  #responseHead(open: Open, head: ResponseHead, at: number): void {
    open.response = head
    open.exchange.responseHead(head.status, head.statusText, head.headers, at)
    const isSocket = headerWords(head.headers, 'upgrade').includes('websocket')
    if (head.status === 101 && isSocket) open.socket = this.#socket(open, head)
  }

  #socket({ exchange, head, conversation }: Open, answer: ResponseHead): RecordedSocket {
    const { begin, onEnd, conversationOfMessage, quietly } = this.#options
    const { method } = head
    return new RecordedSocket({
      upgrade: exchange,
      extensions: headerValue(answer.headers, 'sec-websocket-extensions'),
      conversationOf: (message) => conversationOfMessage(message, conversation),
      onEnd,
      quietly,
      begin: ({ conversation, isPrewarm }, at) =>
        begin(
          {
            method,
            url: exchange.url,
            headers: [],
            conversation,
            webSocket: { connection: exchange.id, isPrewarm },
          },
          at,
        ),
    })
  }

  #opaque({ exchange, socket }: Open, side: Side, bytes: Buffer, at: number): void {
    if (socket !== undefined) socket.push(side, bytes, at)
    else if (side === 'agent') exchange.requestBytes(bytes)
    else exchange.responseBytes(bytes, at)
  }

  /** An exchange ends when both its request and its response have. */
  #endWhole(request: number, open: Open, at: number): void {
    const { trailers, isRequestOver } = open
    if (isRequestOver && trailers !== undefined)
      this.#end(request, open, at, { state: 'completed', trailers })
  }

  #sideClosed({ side, code, at }: HttpEvent & { kind: 'side-closed' }): void {
    this.#firstClosed ??= { side, code, at }
    if (side !== 'agent') return
    for (const { exchange, socket } of this.#open.values()) {
      exchange.hungUp(at)
      socket?.hungUp(at)
    }
  }

  #closed(at: number): void {
    const { side, code } = this.#firstClosed ?? { side: 'agent', code: '' }
    for (const [request, open] of this.#open) {
      if (open.socket !== undefined) {
        this.#open.delete(request)
        const ended = open.socket.end(side, code || NO_END, at)
        this.#socketsEnd = Promise.all([
          this.#socketsEnd,
          ended.then(() => this.#options.quietly(() => this.#options.onEnd(open.exchange))),
        ])
      } else if (open.trailers !== undefined) {
        this.#end(request, open, at, { state: 'completed', trailers: open.trailers })
      } else if (side === 'agent' && !open.isOtherProtocol) {
        this.#end(request, open, at, { state: 'cancelled' })
      } else {
        const message = 'the connection ended before the response did'
        const error = {
          side: 'upstream' as const,
          code: (side === 'upstream' && code) || NO_END,
          message,
        }
        this.#end(request, open, at, { state: 'failed', error })
      }
    }
  }

  #end(request: number, open: Open, at: number, end: Parameters<Exchange['end']>[0]): void {
    this.#open.delete(request)
    open.exchange.end(end, at)
    this.#options.onEnd(open.exchange)
  }
}

/** The code for a connection that closed midway without a system error. */
const NO_END = 'UNEXPECTED_EOF'

function unknownKind(event: never): never {
  throw new Error(`an event of no known kind: ${JSON.stringify(event)}`)
}
