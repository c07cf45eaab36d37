import type { Headers } from '@tacho/format'
import type { Exchange } from '../../exchange/exchange.js'
import type { Conversation } from '../../exchange/request-head.js'
import type { Recording } from '../../recording.js'
import type { Side } from '../apart/from-host.js'
import type { Peer } from '../http/request-listener.js'
import type { Stop } from '../http/stop.js'
import type { RequestRecord } from './request-record.js'

export type RecordedRequestOptions = {
  recording: Recording
  method: string
  url: string
  provider: string | undefined
  conversation: Conversation
}

/** Records one request as an exchange, from the host's messages. */
export class RecordedRequest implements RequestRecord {
  readonly #options: RecordedRequestOptions
  readonly #at: number
  /** Bytes that came before the head was known. */
  #early: (() => void)[] = []
  #exchange: Exchange | undefined

  constructor(options: RecordedRequestOptions) {
    this.#options = options
    this.#at = options.recording.now()
  }

  sent(headers: Headers): void {
    this.#begin(headers)
  }

  peer(peer: Peer): void {
    this.#begun.sent(peer)
  }

  requestBytes(bytes: Uint8Array): void {
    // The exchange keeps the bytes, and their memory is reused by the next read.
    const own = Buffer.from(bytes)
    if (this.#exchange !== undefined) this.#exchange.requestBytes(own)
    else this.#early.push(() => this.#exchange?.requestBytes(own))
  }

  requestEnd(): void {
    this.#begun.requestEnd()
  }

  responseHead(status: number, statusText: string, headers: Headers): void {
    this.#begun.responseHead(status, statusText, headers)
  }

  responseBytes(bytes: Uint8Array): void {
    this.#begun.responseBytes(bytes)
  }

  cut(side: Side, bytes: number): void {
    if (side === 'request') this.#begun.requestMissed(bytes)
    else this.#begun.responseMissed(bytes)
  }

  completed(trailers: Headers): void {
    this.#begun.end({ state: 'completed', trailers })
  }

  stopped(stop: Stop): void {
    const state = stop.side === 'agent' ? 'cancelled' : 'failed'
    if (state === 'cancelled') this.#begun.hungUp()
    this.#begun.end({ state, error: stop })
  }

  // A killed host may have announced a request without its head.
  get #begun(): Exchange {
    return this.#exchange ?? this.#begin([])
  }

  #begin(headers: Headers): Exchange {
    if (this.#exchange !== undefined) return this.#exchange
    const { recording, method, url, provider, conversation } = this.#options
    const head = { method, url, headers, conversation, provider }
    const exchange = recording.exchange(head, this.#at)
    this.#exchange = exchange
    exchange.begin()
    for (const work of this.#early.splice(0)) work()
    return exchange
  }
}
