import type { Headers } from '@tacho/format'
import type { Exchange, Sent } from '../../exchange/exchange.js'
import type { Conversation } from '../../exchange/request-head.js'
import type { FaultBarrier } from '../../fault-barrier.js'
import type { Lane } from '../../later.js'
import type { Recording } from '../../recording.js'
import type { BegunRequest, RequestListener } from './request-listener.js'
import type { Stop } from './stop.js'

export type RecordedRequestOptions = {
  recording: Recording
  barrier: FaultBarrier
  request: BegunRequest
  provider: string | undefined
  conversation: Conversation
  onOver: (request: RecordedRequest) => void
}

/** A head that has not gone out after so long is written without what the client adds to it. */
const UNSENT_MILLISECONDS = 50

/**
 * Makes an exchange of what passes of one request: it is copied, and dealt with when nothing of the
 * host's is to be done. But the request is on the disk before the host gets its answer.
 */
export class RecordedRequest implements RequestListener {
  readonly #options: RecordedRequestOptions
  readonly #lane: Lane
  readonly #at: number
  readonly #unsent: NodeJS.Timeout
  /** What came before its head was known. */
  #early: (() => void)[] | undefined = []
  #exchange: Exchange | undefined
  /** What has come of its answer in the read that goes on. */
  #read: Buffer[] | undefined

  constructor(options: RecordedRequestOptions) {
    this.#options = options
    const { recording } = options
    this.#at = recording.now()
    this.#lane = recording.later.lane()
    this.#unsent = setTimeout(() => this.#begin(), UNSENT_MILLISECONDS)
    this.#unsent.unref()
    recording.later.awaits(this)
  }

  sent(headers: Headers, peer: Sent): void {
    this.#begin(headers)
    if (peer.address !== undefined) this.#do((exchange) => exchange.sent(peer))
  }

  requestBytes(bytes: Uint8Array): void {
    const own = Buffer.from(bytes)
    const give = () => this.#do((exchange) => exchange.requestBytes(own), own.length)
    if (this.#early === undefined) give()
    else this.#early.push(give)
  }

  requestEnd(): void {
    this.#begin()
    const at = this.#options.recording.now()
    this.#do((exchange) => exchange.requestEnd(at))
  }

  responseHead(status: number, statusText: string, headers: Headers): void {
    this.#begin()
    const at = this.#options.recording.now()
    this.#options.recording.later.hasCome(this)
    this.#do((exchange) => exchange.responseHead(status, statusText, headers, at))
    this.#lane.settle()
  }

  // A client hands over each chunk of the wire's framing by itself, and hundreds come in one read. They
  // arrived together, and are recorded so.
  responseBytes(bytes: Uint8Array): void {
    const own = Buffer.from(bytes)
    if (this.#read !== undefined) {
      this.#read.push(own)
      return
    }
    const parts = [own]
    this.#read = parts
    const close = () => {
      if (this.#read === parts) this.#read = undefined
    }
    // No other read comes before that.
    queueMicrotask(close)
    const at = this.#options.recording.now()
    this.#do((exchange) => {
      close()
      exchange.responseBytes(parts.length === 1 ? own : Buffer.concat(parts), at)
    }, own.length)
  }

  completed(trailers: Headers): void {
    this.#over((exchange, at) => exchange.end({ state: 'completed', trailers }, at))
  }

  stopped(stop: Stop): void {
    this.#over((exchange, at) => {
      const state = stop.side === 'agent' ? 'cancelled' : 'failed'
      if (state === 'cancelled') exchange.hungUp(at)
      exchange.end({ state, error: stop }, at)
    })
  }

  #over(end: (exchange: Exchange, at: number) => void): void {
    this.#begin()
    const at = this.#options.recording.now()
    this.#options.recording.later.hasCome(this)
    this.#do((exchange) => end(exchange, at))
    this.#options.onOver(this)
  }

  #begin(headers?: Headers): void {
    const early = this.#early
    if (early === undefined) return
    this.#early = undefined
    clearTimeout(this.#unsent)
    const { recording, request, provider, conversation } = this.#options
    const { method, url } = request
    const known = headers ?? request.headers()
    this.#within(() => {
      const head = { method, url, headers: known, conversation, provider }
      this.#exchange = recording.exchange(head, this.#at)
      this.#exchange.begin()
    })
    for (const work of early) work()
  }

  #do(work: (exchange: Exchange) => void, bytes = 0): void {
    this.#within(() => {
      if (this.#exchange !== undefined) work(this.#exchange)
    }, bytes)
  }

  #within(work: () => void, bytes = 0): void {
    this.#lane.do(() => this.#options.barrier.do('HTTP', work), bytes)
  }
}
