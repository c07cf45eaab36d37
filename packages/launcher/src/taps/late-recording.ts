import type { LogLevel, Recording } from '@tacho/recorder'

/**
 * A recording that is opened while the agent is already starting: loading its code takes 0.1 s,
 * during which the agent has nothing to report yet. Earlier reports wait.
 */
export class LateRecording {
  /** The recording, once it is open; undefined if there is no place for one. */
  readonly ready: Promise<Recording | undefined>
  #settle: (recording: Recording | undefined) => void = () => {}
  #recording: Recording | undefined
  #isOpen = false
  #waiting: ((recording: Recording) => void)[] = []

  constructor() {
    this.ready = new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  /**
   * @param open loads what is needed and opens the recording; a failure counts as having no place
   * for it.
   */
  async open(open: () => Promise<Recording | undefined>): Promise<void> {
    const recording = await open().catch(() => undefined)
    this.#recording = recording
    this.#isOpen = true
    const waiting = this.#waiting.splice(0)
    if (recording !== undefined) for (const work of waiting) work(recording)
    this.#settle(recording)
  }

  /** Runs work with the recording once it is open; never, if there is none. */
  with(work: (recording: Recording) => void): void {
    if (this.#recording !== undefined) work(this.#recording)
    else if (!this.#isOpen) this.#waiting.push(work)
  }

  /** Writes a line to its debug log. */
  log(level: LogLevel, label: string, message: string): void {
    this.with((recording) => recording.log(level, label, message))
  }
}
