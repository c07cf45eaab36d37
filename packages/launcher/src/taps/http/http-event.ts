import type { Headers } from '@tacho/format'
import type { RequestHead, ResponseHead } from './wire/message-head.js'

/** One side of a relayed connection. */
export type Side = 'agent' | 'upstream'

/** What the tap saw, when, and on which connection. It does not interpret it. */
export type HttpEvent = {
  /** Microseconds since the epoch. */
  at: number
  /** The number of the agent's connection, from 1. */
  connection: number
} & Seen

/** The peer of one of our connections, if it has an address. */
export type Peer = {
  address?: string | undefined
  port?: number | undefined
  /** Whether undici speaks HTTP/2 to it. */
  isHttp2?: boolean
}

/**
 * `request` numbers the requests of a connection, from 1; a response has the number of its request.
 */
export type Seen =
  /** With its head as it goes to the upstream. */
  | { kind: 'request-head'; request: number; head: RequestHead; url: string }
  /** There is a connection to send it on. */
  | ({ kind: 'request-sent'; request: number } & Peer)
  | { kind: 'request-body'; request: number; bytes: Buffer }
  | { kind: 'request-end'; request: number }
  | { kind: 'interim-response'; request: number; head: ResponseHead }
  | { kind: 'response-head'; request: number; head: ResponseHead }
  /** In as many parts as its framing cuts it into; `dealtWith` releases their memory. */
  | { kind: 'response-body'; request: number; parts: readonly Buffer[]; dealtWith?: () => void }
  | { kind: 'response-end'; request: number; trailers: Headers }
  /** From here on a side could not be parsed; its bytes passed anyway. */
  | { kind: 'unparsed'; request: number; side: Side; reason: string }
  /** Bytes that are not HTTP: after an upgrade, or after `unparsed`. */
  | { kind: 'opaque'; request: number; side: Side; bytes: Buffer }
  /** The upstream could not be reached. */
  | { kind: 'unreachable'; request: number; code: string; message: string }
  /** A side has closed its connection: normally (`end`) or by a reset (`reset`). */
  | { kind: 'side-closed'; side: Side; how: 'end' | 'reset'; code: string }
  /** Both sides are gone. */
  | { kind: 'closed' }
