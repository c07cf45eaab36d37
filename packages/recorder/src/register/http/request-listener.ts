import type { Headers } from '@tacho/format'
import type { Sent } from '../../exchange/exchange.js'
import type { Stop } from './stop.js'

/** A request that the host has made, as far as it is known when it begins. */
export type BegunRequest = {
  method: string
  url: string
  /** What it says by now: whoever else instruments the client may still add to it. */
  headers: () => Headers
  /** undici's own object, where undici is the client. */
  undici?: object
}

/**
 * Is told what passes of one request, when it passes. Bytes are in memory that is the host's: they are
 * what they are until the call returns.
 */
export type RequestListener = {
  /** Its head is on its way, as it stands on the wire. */
  sent(headers: Headers, peer: Sent): void
  requestBytes(bytes: Uint8Array): void
  requestEnd(): void
  responseHead(status: number, statusText: string, headers: Headers): void
  responseBytes(bytes: Uint8Array): void
  completed(trailers: Headers): void
  /** It ended before its answer did. */
  stopped(stop: Stop): void
}

/** Is told of each request that begins; nothing where nobody wants to hear more of it. */
export type OnRequest = (request: BegunRequest) => RequestListener | undefined
