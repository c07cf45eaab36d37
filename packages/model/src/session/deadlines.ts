type Deadline = { at: number; work: () => void }

/**
 * What waits for something that may still come, for a while. It has no clock: that a time has passed
 * is an observation like all others, so that it is the same when it is read again.
 */
export class Deadlines {
  #waiting: Deadline[] = []

  /** @returns what calls it off. */
  at(at: number, work: () => void): () => void {
    const deadline = { at, work }
    this.#waiting.push(deadline)
    return () => {
      this.#waiting = this.#waiting.filter((one) => one !== deadline)
    }
  }

  /** When the next one is; nothing where none is. */
  get next(): number | undefined {
    return this.#waiting.length === 0 ? undefined : Math.min(...this.#waiting.map(({ at }) => at))
  }

  /** A time has come: does what waited for it, the earliest first. */
  passed(now: number): void {
    for (;;) {
      const due = this.#waiting.filter(({ at }) => at <= now).sort((one, two) => one.at - two.at)[0]
      if (due === undefined) return
      this.#waiting = this.#waiting.filter((one) => one !== due)
      due.work()
    }
  }
}
