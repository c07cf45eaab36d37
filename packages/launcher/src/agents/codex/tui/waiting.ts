/** Work that waits for what may still come, and keeps nobody waiting. */
export class Waiting {
  readonly #waiting = new Map<NodeJS.Timeout, () => void>()

  /** @returns what calls it off. */
  after(milliseconds: number, work: () => void): () => void {
    const timer = setTimeout(() => {
      this.#waiting.delete(timer)
      work()
    }, milliseconds)
    timer.unref()
    this.#waiting.set(timer, work)
    return () => {
      clearTimeout(timer)
      this.#waiting.delete(timer)
    }
  }

  /** Nothing can come any more: does all of it now, in its order. */
  doAll(): void {
    for (const [timer, work] of [...this.#waiting]) {
      clearTimeout(timer)
      this.#waiting.delete(timer)
      work()
    }
  }
}
