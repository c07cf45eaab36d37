import { type Clock, type LogLevel, type Recording, systemClock } from '@tacho/recorder'

/**
 * A recording that is opened when there is something to record: loading its code takes 0.1 s of a
 * processor, which an agent needs while it starts. Earlier reports wait, and are recorded with the
 * times at which they were made.
 */
export class LateRecording {
  /** Resolves when somebody needs the recording. */
  readonly wanted: Promise<void>
  /**
   * The clock for the recording: while it receives reports that waited, it shows when they were
   * made.
   */
  readonly clock: Required<Clock> = {
    microseconds: () => this.#reportedAt ?? systemClock.microseconds(),
    elapsed: (from, to) => systemClock.elapsed(from, to),
    sets: () => systemClock.sets(),
  }
  readonly #ready: Promise<Recording | undefined>
  #settle: (recording: Recording | undefined) => void = () => {}
  #isWanted = false
  #tellWanted: () => void = () => {}
  #recording: Recording | undefined
  #isOpen = false
  readonly #startedAt = systemClock.microseconds()
  #reportedAt: number | undefined
  readonly #waiting: { work: (recording: Recording) => void; at: number }[] = []

  constructor() {
    this.#ready = new Promise((resolve) => {
      this.#settle = resolve
    })
    this.wanted = new Promise((resolve) => {
      this.#tellWanted = resolve
    })
  }

  /**
   * Asks for the recording, and returns it once it is open; undefined if there is no place for one.
   */
  get ready(): Promise<Recording | undefined> {
    this.want()
    return this.#ready
  }

  /** Whether it is open, or cannot be opened. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  get isWanted(): boolean {
    return this.#isWanted
  }

  /** Asks for the recording: something is about to happen that must not be lost. */
  want(): void {
    this.#isWanted = true
    this.#tellWanted()
  }

  /**
   * @param open loads what is needed and opens the recording; a failure counts as having no place
   * for it.
   */
  async open(open: () => Promise<Recording | undefined>): Promise<void> {
    this.#reportedAt = this.#startedAt
    const recording = await open().catch(() => undefined)
    // Reports that the work itself makes come last.
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      this.#reportedAt = next.at
      // One that fails must not keep the others, or the agent's first answer, waiting for ever.
      try {
        if (recording !== undefined) next.work(recording)
      } catch (cause) {
        recording?.log('error', 'tacho', String(cause))
      }
    }
    this.#reportedAt = undefined
    this.#recording = recording
    this.#isOpen = true
    this.#settle(recording)
  }

  /** Runs work with the recording once it is open; never, if there is none. */
  with(work: (recording: Recording) => void): void {
    if (this.#recording !== undefined) work(this.#recording)
    else if (!this.#isOpen) this.#waiting.push({ work, at: systemClock.microseconds() })
  }

  /** Writes a line to its debug log. */
  log(level: LogLevel, label: string, message: string): void {
    this.with((recording) => recording.log(level, label, message))
  }
}
