type Deadline = { at: number; work: () => void }

/**
 * Things that wait a while for something that may still come. It has no clock: the passing of time
 * is an observation like any other, so the result is the same when it is read again.
 */
export class Deadlines {
  #waiting: Deadline[] = []

  /** @returns a function that cancels the deadline. */
  at(at: number, work: () => void): () => void {
    const deadline = { at, work }
    this.#waiting.push(deadline)
    return () => {
      this.#waiting = this.#waiting.filter((one) => one !== deadline)
    }
  }

  /** When the next deadline is, if there is one. */
  get next(): number | undefined {
    return this.#waiting.length === 0 ? undefined : Math.min(...this.#waiting.map(({ at }) => at))
  }

  /** A time has come: does what is due, the earliest first. */
  passed(now: number): void {
    for (;;) {
      const due = this.#waiting.filter(({ at }) => at <= now).sort((one, two) => one.at - two.at)[0]
      if (due === undefined) return
      this.#waiting = this.#waiting.filter((one) => one !== due)
      due.work()
    }
  }
}
