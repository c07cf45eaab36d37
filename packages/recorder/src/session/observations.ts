import type { Observation } from '@tacho/model'
import type { Later } from '../later.js'

/** One of them, or what makes it when it is taken. */
export type Observed = Observation | (() => Observation)

export type ObservationsOptions = {
  later: Later
  /** Takes one. Throws nothing. */
  take: (observed: Observed) => void
  /** When `take` wants to be told that time has passed. */
  nextDeadline: () => number | undefined
  /** Is told that such a time has come. */
  onDeadline: () => void
  now: () => number
}

/**
 * What the taps saw of a session, in the order in which it was written, until it is understood: that
 * waits for the session's id, and for everything of the host's.
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

  /** The session has its id: from now on they are taken. */
  open(): void {
    this.#isOpen = true
    this.#plan()
  }

  /** Takes all that wait, now. */
  settle(): void {
    if (!this.#isOpen) return
    for (;;) {
      const observation = this.#waiting.shift()
      if (observation === undefined) break
      this.#options.take(observation)
    }
    this.#setTimer()
  }

  /** Nothing comes any more. */
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

  // One at a time: the host's bytes go first in between.
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
