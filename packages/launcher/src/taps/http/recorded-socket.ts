import type { Conversation, Exchange } from '@tacho/recorder'
import type { Side } from './http-event.js'
import { type WebSocketMessage, WebSocketReader } from './web-socket-reader.js'

export type RecordedSocketOptions = {
  /** The exchange whose answer opened the WebSocket. */
  upgrade: Exchange
  /** `Sec-WebSocket-Extensions` of that answer. */
  extensions: string | undefined
  /** Begins the exchange of a message that asks the model. */
  begin: (message: { conversation: Conversation; isPrewarm: boolean }, at: number) => Exchange
  conversationOf: (message: Record<string, unknown>) => Conversation
  /** Called when one of its exchanges has ended. */
  onEnd: (exchange: Exchange) => void
  /** Runs work that is triggered outside the fault barrier. */
  quietly: (work: () => void) => void
}

/**
 * Records a WebSocket of the Responses API as exchanges: each `response.create` of the agent's
 * begins one, which includes the events up to the end of the answer.
 */
export class RecordedSocket {
  readonly #options: RecordedSocketOptions
  readonly #readers: Record<Side, WebSocketReader>
  readonly #count = { agent: 0, upstream: 0 }
  readonly #waiting: { from: Side; bytes: Buffer; at: number }[] = []
  #caughtUp: Promise<void> = Promise.resolve()
  #exchange: Exchange | undefined
  #close: { by: Side; code: number | undefined; reason: string } | undefined

  constructor(options: RecordedSocketOptions) {
    this.#options = options
    this.#readers = { agent: this.#reader('agent'), upstream: this.#reader('upstream') }
  }

  /**
   * Keeps the order of the two sides: bytes of one wait until earlier bytes of the other have been
   * read.
   */
  push(from: Side, bytes: Buffer, at: number): void {
    if (this.#waiting.length === 0 && !this.#readers[otherThan(from)].isReading) {
      this.#readers[from].push(bytes, at)
      return
    }
    this.#waiting.push({ from, bytes, at })
    if (this.#waiting.length === 1) this.#caughtUp = this.#catchUp()
  }

  /** The agent has hung up, or is about to. */
  hungUp(at: number): void {
    this.#exchange?.hungUp(at)
  }

  /** The WebSocket is gone: records everything that arrived, and ends the open exchange. */
  async end(closedBy: Side, code: string, at: number): Promise<void> {
    await this.#caughtUp
    await Promise.all([this.#readers.agent.drained(), this.#readers.upstream.drained()])
    this.#options.quietly(() => this.#end(closedBy, code, at))
  }

  async #catchUp(): Promise<void> {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const { from, bytes, at } = next
      await this.#readers[otherThan(from)].drained()
      this.#waiting.shift()
      this.#options.quietly(() => this.#readers[from].push(bytes, at))
    }
  }

  #end(closedBy: Side, code: string, at: number): void {
    const exchange = this.#exchange
    this.#exchange = undefined
    const isAgents = (this.#close?.by ?? closedBy) === 'agent'
    if (exchange !== undefined) {
      const message = 'the WebSocket closed before the answer ended'
      if (isAgents) exchange.end({ state: 'cancelled' }, at)
      else exchange.end({ state: 'failed', error: { side: 'upstream', code, message } }, at)
      this.#options.onEnd(exchange)
    }
    const { agent: sent, upstream: received } = this.#count
    this.#options.upgrade.end(
      {
        state: 'completed',
        webSocket: {
          closedBy: this.#close?.by ?? closedBy,
          ...(this.#close?.code !== undefined && { code: this.#close.code }),
          ...(this.#close?.reason && { reason: this.#close.reason }),
          sent,
          received,
        },
      },
      at,
    )
  }

  #reader(from: Side): WebSocketReader {
    return new WebSocketReader({
      from,
      extensions: this.#options.extensions,
      onMessage: (message) => this.#options.quietly(() => this.#take(message)),
      onUnreadable: (reason) =>
        this.#options.quietly(() =>
          this.#options.upgrade.unparsed(from === 'agent' ? 'request' : 'response', reason),
        ),
    })
  }

  #take(message: WebSocketMessage): void {
    const { from, type, content, at } = message
    if (type === 'text' || type === 'binary') this.#count[from] += 1
    if (type === 'close') {
      this.#close ??= { by: from, code: message.code, reason: content.toString() }
    }
    if (type === 'text' && from === 'agent' && this.#begin(content, at)) return
    if (type === 'text' && from === 'upstream' && this.#answer(content, at)) return
    const { code } = message
    this.#options.upgrade.aside({ from, type, ...(code !== undefined && { code }) }, content, at)
  }

  /** @returns whether the message asks the model. */
  #begin(content: Buffer, at: number): boolean {
    const message = objectOf(content)
    if (message?.type !== 'response.create') return false
    // Answers come one at a time: an earlier request will not get one any more.
    const before = this.#exchange
    if (before !== undefined) {
      before.end({ state: 'cancelled' }, at)
      this.#options.onEnd(before)
    }
    const conversation = this.#options.conversationOf(message)
    const exchange = this.#options.begin(
      { conversation, isPrewarm: message.generate === false },
      at,
    )
    exchange.requestBytes(content)
    exchange.requestEnd(at)
    this.#exchange = exchange
    return true
  }

  /** @returns whether the message is part of an answer. */
  #answer(content: Buffer, at: number): boolean {
    const exchange = this.#exchange
    if (exchange === undefined) return false
    exchange.message(content, at)
    if (!exchange.hasAnswered) return true
    this.#exchange = undefined
    exchange.end({ state: 'completed' }, at)
    this.#options.onEnd(exchange)
    return true
  }
}

function otherThan(side: Side): Side {
  return side === 'agent' ? 'upstream' : 'agent'
}

function objectOf(content: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(content.toString())
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
