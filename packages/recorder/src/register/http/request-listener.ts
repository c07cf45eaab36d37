import type { Headers } from '@tacho/format'
import type { Stop } from './stop.js'

/** A request that the host has made, as far as it is known when it begins. */
export type BegunRequest = {
  method: string
  url: string
  /** What it says by now: whoever else instruments the client may still add to it. */
  headers: () => Headers
}

/** The fields of a head: as text, one a line, or as pairs; where both are there, one behind the other. */
export type Head = { text?: string; headers?: Headers }

/** The other end of its connection, as far as it is known. */
export type Peer = { address?: string | undefined; port?: number | undefined }

/**
 * Is told what passes of one request, when it passes. Bytes are in memory that is the host's: they are
 * what they are until the call returns.
 */
export type RequestListener = {
  /** Whether it wants the bytes of the bodies. */
  readonly takesBodies: boolean
  /** Its head is on its way, as it stands on the wire. */
  sent(head: Head, peer: Peer): void
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
