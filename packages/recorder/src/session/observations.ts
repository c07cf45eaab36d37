import type { Observation } from '@tacho/model'
import type { Later } from '../later.js'

/** An observation, or a function that makes it when it is processed. */
export type Observed = Observation | (() => Observation)

export type ObservationsOptions = {
  later: Later
  /** Processes an observation. Must not throw. */
  take: (observed: Observed) => void
  /** Returns the next time at which `take` must know that time has passed. */
  nextDeadline: () => number | undefined
  /** Called when that time has come. */
  onDeadline: () => void
  now: () => number
}

/**
 * Queues what the taps saw of a session, in the order of its records, until it is processed: after
 * the session has its id, and after all work for the host.
 */
export class Observations {
  readonly #options: ObservationsOptions
  readonly #waiting: Observed[] = []
  #isPlanned = false
  #isOpen = false
  #timer: NodeJS.Timeout | undefined

  constructor(options: ObservationsOptions) {
    this.#options = options
  }

  add(observed: Observed): void {
    this.#waiting.push(observed)
    this.#plan()
  }

  /** The session has its id; processing starts. */
  open(): void {
    this.#isOpen = true
    this.#plan()
  }

  /** Processes everything queued, now. */
  settle(): void {
    if (!this.#isOpen) return
    for (;;) {
      const observation = this.#waiting.shift()
      if (observation === undefined) break
      this.#options.take(observation)
    }
    this.#setTimer()
  }

  /** No more observations follow. */
  close(): void {
    this.settle()
    clearTimeout(this.#timer)
    this.#isOpen = false
  }

  #plan(): void {
    if (!this.#isOpen || this.#isPlanned || this.#waiting.length === 0) return
    this.#isPlanned = true
    this.#options.later.defer(() => this.#takeOne())
  }

  // One at a time, so that the host's bytes go first in between.
  #takeOne(): void {
    this.#isPlanned = false
    if (!this.#isOpen) return
    const observation = this.#waiting.shift()
    if (observation !== undefined) this.#options.take(observation)
    if (this.#waiting.length > 0) this.#plan()
    else this.#setTimer()
  }

  #setTimer(): void {
    clearTimeout(this.#timer)
    const { nextDeadline, now, onDeadline } = this.#options
    const next = nextDeadline()
    if (next === undefined) return
    const milliseconds = Math.max(0, Math.ceil((next - now()) / 1000))
    this.#timer = setTimeout(onDeadline, milliseconds)
    this.#timer.unref()
  }
}
