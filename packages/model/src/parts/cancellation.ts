import type { LeftOpen } from './left-open.js'

/** An operation that was stopped before its natural end. Times are microseconds since 1970. */
export type Cancellation = {
  spanId: string
  /** Where the request to cancel came from: `user`, `approval`, `signal`, `timeout`, `host`. */
  origin?: string
  /** What was done: `turn/interrupt`, `SIGINT`, `the agent hung up` … */
  reason?: string
  /** What it stopped. None: the request came too late, or its end was not recorded. */
  stopped: Stopped[]
  threadId?: string
  turnId?: string
  requestedAt: number
  /** The agent closed its first connection. */
  signalledAt?: number
  /** The last byte of an answer arrived; absent where none did. */
  lastByteAt?: number
  /** The last connection to the API was released; where none was open, what else was stopped had ended. */
  releasedAt?: number
  /** Of the answers that were cut, on the wire; absent where none was. */
  bytes?: number
  /** Events of a stream that had arrived, as far as they were counted. */
  events?: number
  /** Tokens of the answer, where the API had told them. */
  outputTokens?: number
  /** Absent where it is over. */
  open?: LeftOpen
}

/** Something that was stopped. */
export type Stopped = {
  /** `span`: anything else. */
  kind: 'exchange' | 'turn' | 'tool' | 'approval' | 'span'
  spanId: string
  /** Of its span; absent where there is none. */
  name?: string
  /** Of an exchange, as `tacho raw` takes it. */
  number?: number
}
