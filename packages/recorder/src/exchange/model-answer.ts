import type { EndRecord } from '@tacho/format'
import {
  type AnswerFacts,
  type AnswerHints,
  AnswerReader,
  type ModelApi,
  type ModelOutcome,
  outcomeOf,
} from '@tacho/model'
import { NOTED_LATE_MILLISECONDS } from '../limits.js'

export type ModelAnswerOptions = {
  api: ModelApi
  hints: AnswerHints
  /** What of the answer could not be read costs what it says, and no record. */
  onFault: (cause: unknown) => void
}

/**
 * What an answer says, read behind its record: nothing that is wrong with it, or with us, keeps its
 * bytes from being written. Times are microseconds since the exchange began.
 */
export class ModelAnswer {
  readonly #reader: AnswerReader
  readonly #hints: AnswerHints
  /** When the agent last got what it waits for: the head, an event; bytes where there are no events. */
  #lastSignAt: number

  constructor({ api, hints, onFault }: ModelAnswerOptions, at: number) {
    this.#reader = new AnswerReader({ api, hints, onFault })
    this.#hints = hints
    this.#lastSignAt = at
  }

  get facts(): AnswerFacts {
    return this.#reader.facts
  }

  /** Events that have arrived; nothing where the answer has none, or they could not be counted. */
  get events(): number | undefined {
    return this.#reader.events
  }

  push(bytes: Uint8Array, at: number): void {
    this.#read(at, () => this.#reader.push(bytes))
  }

  /** An event that came as a message of its own. */
  message(text: string, at: number): void {
    this.#read(at, () => this.#reader.message(text))
  }

  /** Nothing more comes. */
  end(): void {
    this.#reader.end()
  }

  outcome(end: EndRecord): ModelOutcome {
    const { facts, isReadable } = this.#reader
    const isWhole = end.broken === undefined && end.stopped === undefined
    const { status } = this.#hints
    return outcomeOf({ end, status, facts, isReadable: isReadable && isWhole })
  }

  /** Why the agent hung up, where it had waited for as long as it does. */
  timeout(hungUpAt: number, idleTimeout: number | undefined): string | undefined {
    if (idleTimeout === undefined) return undefined
    const late = Math.min(NOTED_LATE_MILLISECONDS, idleTimeout / 4)
    if (hungUpAt - this.#lastSignAt < (idleTimeout - late) * 1000) return undefined
    return `no ${this.events === undefined ? 'byte' : 'event'} for ${idleTimeout} ms`
  }

  // An agent's patience is with events: a comment that keeps the connection alive is none.
  #read(at: number, work: () => void): void {
    const before = this.events ?? 0
    work()
    if (this.events === undefined || this.events > before) this.#lastSignAt = at
  }
}
