import type { Headers, HostEvent } from '@tacho/format'
import type { Conversation } from '../../exchange/request-head.js'
import type { LogLevel } from '../../log/log-level.js'
import type { Peer } from '../http/request-listener.js'
import type { Stop } from '../http/stop.js'
import type { Place } from '../place.js'
import type { Program } from '../program.js'
import type { Handover } from './handover.js'

/** A message from a host to its recorder process, in the order of events. */
export type FromHost =
  | HostStarted
  /** Environment variables that have changed: the program may have read its keys from a file. */
  | { kind: 'environment'; variables: Record<string, string> }
  /** A log line, from the program or from Tacho. */
  | { kind: 'line'; level: LogLevel; label: string; message: string }
  | { kind: 'event'; event: HostEvent }
  | RequestTold
  /** Messages dropped because too much was waiting, by kind. */
  | { kind: 'lost'; lost: Record<string, number> }
  | { kind: 'ended'; exitCode: number }

/** The first message. */
export type HostStarted = {
  kind: 'started'
  place: Place
  program: Program
  /** `process.argv` without Node itself. */
  argv: string[]
  cwd: string
  pid: number
  /** Where the host, before it exits, leaves what the pipe did not accept. */
  handover: Handover
  /** The state of the host's two clocks: see {@link HostClock}. */
  clock: { origin: number; monotonicAtOrigin: number }
}

/** What passes of one request, which has its own number. */
export type RequestTold = { request: number } & (
  | {
      kind: 'request'
      method: string
      url: string
      /** Whether it is recorded with its bodies; otherwise it only gets a span. */
      isSelected: boolean
      conversation: Conversation
    }
  /** The head has been sent. If the client has it as text, the recorder process parses it. */
  | ({ kind: 'sent'; head?: string | undefined; headers: Headers } & Peer)
  | ({ kind: 'peer' } & Peer)
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

/** When a message was sent, on the host's two clocks, in milliseconds. */
export type Told = { monotonic: number; wall: number }

/** A message from the recorder process to its host. */
export type FromRecorder =
  /** A sentence for the user about what could not be recorded. */
  | { kind: 'trouble'; sentence: string }
  /** Everything that the host has sent is in the session's files. */
  | { kind: 'written' }
