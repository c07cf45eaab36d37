import type { Headers } from '@tacho/format'
import type { Stop } from './stop.js'

/** A request of the host's, as far as it is known when it begins. */
export type BegunRequest = {
  method: string
  url: string
  /** Returns its headers so far: other instrumentation of the client may still add some. */
  headers: () => Headers
}

/**
 * The fields of a head: as text, one per line, or as pairs; if both are set, the pairs follow the
 * text.
 */
export type Head = { text?: string; headers?: Headers }

/** The peer of its connection, as far as it is known. */
export type Peer = { address?: string | undefined; port?: number | undefined }

/**
 * Receives what passes of one request, as it passes. Bytes belong to the host: they are valid only
 * until the call returns.
 */
export type RequestListener = {
  /** Whether it needs the bytes of the bodies. */
  readonly takesBodies: boolean
  /** Its head has been sent, as it is on the wire. */
  sent(head: Head, peer: Peer): void
  /** Called for each chunk, of which there may be thousands, and without a `this`. */
  readonly requestBytes: (bytes: Uint8Array) => void
  requestEnd(): void
  responseHead(status: number, statusText: string, headers: Headers): void
  readonly responseBytes: (bytes: Uint8Array) => void
  completed(trailers: Headers): void
  /** It ended before its answer was complete. */
  stopped(stop: Stop): void
}

/** Called for each request that begins; returns undefined if nobody needs to hear more of it. */
export type OnRequest = (request: BegunRequest) => RequestListener | undefined
