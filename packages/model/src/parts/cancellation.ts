import type { LeftOpen } from './left-open.js'

/** An operation that was stopped before its natural end. Times are microseconds since 1970. */
export type Cancellation = {
  spanId: string
  /** Where the request to cancel came from: `user`, `approval`, `signal`, `timeout`, `host`. */
  origin?: string
  /** What was done: `turn/interrupt`, `SIGINT`, `the agent hung up` … */
  reason?: string
  /** What it stopped. Empty if the request came too late, or the end was not recorded. */
  stopped: Stopped[]
  threadId?: string
  turnId?: string
  requestedAt: number
  /** When the agent closed the first of its connections. */
  signalledAt?: number
  /** When the last byte of an answer arrived; absent if none did. */
  lastByteAt?: number
  /**
   * When the last connection to the API was released; if none was open, when everything else it
   * stopped had ended.
   */
  releasedAt?: number
  /** Bytes on the wire of the answers that were cut; absent if none was. */
  bytes?: number
  /** Stream events that had arrived, if they could be counted. */
  events?: number
  /** Tokens of the answer, if the API had reported them. */
  outputTokens?: number
  /** Absent if it is over. */
  open?: LeftOpen
}

/** Something that was stopped. */
export type Stopped = {
  /** `span`: anything else. */
  kind: 'exchange' | 'turn' | 'tool' | 'approval' | 'span'
  spanId: string
  /** The name of its span; absent if it has none. */
  name?: string
  /** The number of an exchange, as `tacho raw` takes it. */
  number?: number
}
