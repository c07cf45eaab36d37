import { bytesOf, type Content, type Piece, type RawRecord } from '@tacho/format'
import { ExchangeReader, type Observation, type RequestFacts } from '@tacho/model'
import { microsOfIso } from '../micros.js'
import { exchangeIdOf } from '../raw-record-of.js'
import type { RunEvents } from './run-events.js'

type Peer = Extract<RawRecord, { kind: 'end' }>['peer']

export type RunObserverOptions = {
  run: string
  /** What the taps saw. */
  events: RunEvents
  /** Returns what the request of an exchange asks for. */
  asked: (exchange: string) => RequestFacts
  onObservation: (observation: Observation) => void
}

/**
 * Replays what was seen in one run as during the recording: its events, and the facts in its raw
 * records, in the order in which they were written.
 */
export class RunObserver {
  readonly #options: RunObserverOptions
  readonly #exchanges = new Map<string, ExchangeReader>()
  #rawRecords = 0
  #peer: Peer = {}
  #provider: string | undefined
  #idleTimeout: number | undefined

  constructor(options: RunObserverOptions) {
    this.#options = options
  }

  /** Handles the next record of this run in the raw log. */
  take(record: Exclude<RawRecord, { kind: 'gap' }>): void {
    this.#takeEvents(this.#rawRecords)
    this.#rawRecords += 1
    if (record.kind === 'exchange') this.#begin(record)
    else if (record.kind !== 'message') this.#goOn(record)
  }

  /** Ends the run: there are no more records. */
  end(): void {
    this.#takeEvents(Number.POSITIVE_INFINITY)
  }

  #takeEvents(before: number): void {
    const { run, events, onObservation } = this.#options
    for (;;) {
      const event = events.next(run)
      if (event === undefined || event.after > before) return
      events.take(run)
      if (event.kind === 'run-started') {
        this.#provider = event.provider
        this.#idleTimeout = event.idleTimeout
      }
      // Not in a new object: objects parsed from JSON have many shapes, and V8 would add one for
      // each.
      onObservation(Object.assign(event, { at: microsOfIso(event.time) ?? 0 }))
    }
  }

  #begin(record: Extract<RawRecord, { kind: 'exchange' }>): void {
    const reader = new ExchangeReader(record, {
      startedAt: microsOfIso(record.time) ?? 0,
      provider: record.provider ?? this.#provider,
      idleTimeout: this.#idleTimeout,
      onFault: () => {},
    })
    this.#exchanges.set(record.exchange, reader)
  }

  #goOn(record: Exclude<RawRecord, { kind: 'exchange' | 'message' | 'gap' }>): void {
    const id = exchangeIdOf(record)
    const reader = this.#exchanges.get(id)
    if (reader === undefined) return
    const { onObservation } = this.#options
    switch (record.kind) {
      case 'request-body':
        onObservation(reader.requestBody(record, () => this.#options.asked(id))())
        break
      case 'response':
        reader.response(record)
        break
      case 'chunk':
        this.#chunk(reader, record)
        break
      case 'end':
        this.#peer = record.peer ?? this.#peer
        for (const word of reader.lastWords()) onObservation(word)
        onObservation(reader.end(record, this.#peer))
        this.#exchanges.delete(id)
        break
      case 'unparsed':
        break
      default:
        record satisfies never
    }
  }

  #chunk(reader: ExchangeReader, { at, content }: Extract<RawRecord, { kind: 'chunk' }>): void {
    const part = partOf(content)
    if (part.length === 0) return
    for (const word of reader.chunk(at, part)) this.#options.onObservation(word)
  }
}

/** Returns the text or bytes of a chunk; empty if they were not kept. */
function partOf(content: Content): string | Uint8Array {
  if (typeof content === 'string') return content
  return content.some(isOmitted) ? '' : bytesOf(content)
}

function isOmitted(piece: Piece): boolean {
  return typeof piece !== 'string' && 'omitted' in piece
}
