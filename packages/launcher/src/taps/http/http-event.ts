import type { Headers } from '@tacho/format'
import type { RequestHead, ResponseHead } from './wire/message-head.js'

/** Which end of a relayed connection. */
export type Side = 'agent' | 'upstream'

/** What the tap saw, when, and on which connection. It says nothing of what that means. */
export type HttpEvent = {
  /** Microseconds since the epoch. */
  at: number
  /** Which connection of the agent's: they are counted from 1. */
  connection: number
} & Seen

/** The other end of a connection of ours, where it has an address. */
export type Peer = {
  address?: string | undefined
  port?: number | undefined
  /** undici speaks to it: HTTP/2. */
  isHttp2?: boolean
}

/** `request` counts the requests of a connection, from 1; a response has the number of its request. */
export type Seen =
  /** With its head as it goes on to the upstream. */
  | { kind: 'request-head'; request: number; head: RequestHead; url: string }
  /** There is a connection for it to go over. */
  | ({ kind: 'request-sent'; request: number } & Peer)
  | { kind: 'request-body'; request: number; bytes: Buffer }
  | { kind: 'request-end'; request: number }
  | { kind: 'interim-response'; request: number; head: ResponseHead }
  | { kind: 'response-head'; request: number; head: ResponseHead }
  /** In as many parts as its framing has cut it into; their memory may wait to be given back. */
  | { kind: 'response-body'; request: number; parts: readonly Buffer[]; dealtWith?: () => void }
  | { kind: 'response-end'; request: number; trailers: Headers }
  /** From here on a side could not be followed: the bytes passed all the same. */
  | { kind: 'unparsed'; request: number; side: Side; reason: string }
  /** Bytes that are no HTTP: behind an upgrade, or behind `unparsed`. */
  | { kind: 'opaque'; request: number; side: Side; bytes: Buffer }
  /** The upstream could not be reached. */
  | { kind: 'unreachable'; request: number; code: string; message: string }
  /** A side has closed its connection: it has said all (`end`), or broken it off (`reset`). */
  | { kind: 'side-closed'; side: Side; how: 'end' | 'reset'; code: string }
  /** Both sides are gone. */
  | { kind: 'closed' }
