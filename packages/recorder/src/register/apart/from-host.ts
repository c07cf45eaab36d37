import type { Headers, HostEvent } from '@tacho/format'
import type { Conversation } from '../../exchange/request-head.js'
import type { LogLevel } from '../../log/log-level.js'
import type { Stop } from '../http/stop.js'
import type { Place } from '../place.js'
import type { Program } from '../program.js'
import type { Handover } from './handover.js'

/** What a host tells the process that records it, in the order in which it happens. */
export type FromHost =
  | HostStarted
  /** Variables of its environment that have changed: it may have read its keys from a file. */
  | { kind: 'environment'; variables: Record<string, string> }
  /** A log line, of the program's or of ours. */
  | { kind: 'line'; level: LogLevel; label: string; message: string }
  | { kind: 'event'; event: HostEvent }
  | RequestTold
  /** Messages that it could not hand over, by kind, for too much was waiting. */
  | { kind: 'lost'; lost: Record<string, number> }
  | { kind: 'ended'; exitCode: number }

/** The first of them. */
export type HostStarted = {
  kind: 'started'
  place: Place
  program: Program
  /** As `process.argv`, without Node itself. */
  argv: string[]
  cwd: string
  pid: number
  /** Where it leaves what the pipe does not take before it exits. */
  handover: Handover
  /** Where its two clocks are: see {@link HostClock}. */
  clock: { origin: number; monotonicAtOrigin: number }
}

/** What passes of one request, which has a number of its own. */
export type RequestTold = { request: number } & (
  | {
      kind: 'request'
      method: string
      url: string
      /** Whether it is recorded with its bodies; else a span is all that there is of it. */
      isSelected: boolean
      conversation: Conversation
    }
  /** Its head is on its way. What the client has as text is taken apart where there is time. */
  | { kind: 'sent'; head?: string; headers: Headers }
  | { kind: 'peer'; address?: string; port?: number }
  | { kind: 'request-bytes'; bytes: Uint8Array }
  | { kind: 'request-end' }
  | { kind: 'response'; status: number; statusText: string; headers: Headers }
  | { kind: 'response-bytes'; bytes: Uint8Array }
  | { kind: 'completed'; trailers: Headers }
  | { kind: 'stopped'; stop: Stop }
  /** This many bytes of a body could not be handed over; none of it follows. */
  | { kind: 'cut'; side: Side; bytes: number }
)

/** The two bodies of a request. */
export type Side = 'request' | 'response'

/** When something was told, on the host's two clocks, in milliseconds. */
export type Told = { monotonic: number; wall: number }

/** What the process that records tells its host. */
export type FromRecorder =
  /** In a sentence for the user, what could not be recorded. */
  | { kind: 'trouble'; sentence: string }
  /** All that the host has told is in the session's files. */
  | { kind: 'written' }
