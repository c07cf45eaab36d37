/** Where answers wait until a test releases them. */
export class Gate {
  #isHeld = false
  readonly #released = new Set<number>()
  readonly #standing = new Map<number, (() => void)[]>()

  /** Every answer stops before its next event, or before its head. */
  hold(): void {
    this.#isHeld = true
    this.#released.clear()
  }

  /** Releases the waiting answers: all of them, or the answer to one request. */
  release(number?: number): void {
    if (number === undefined) this.#isHeld = false
    // It may be released before it starts waiting here.
    else this.#released.add(number)
    for (const [standing, goOn] of this.#standing) {
      if (number !== undefined && number !== standing) continue
      this.#standing.delete(standing)
      for (const go of goOn) go()
    }
  }

  /** Waits while `hold()` says so, or until the client is gone. */
  async whileHeld(number: number, gone: AbortSignal): Promise<void> {
    if (this.#isHeld && !this.#released.has(number)) await this.stand(number, gone)
  }

  /** Waits for a `release()` that comes after this call, or until the client is gone. */
  stand(number: number, gone: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (gone.aborted) return resolve()
      this.#standing.set(number, [...(this.#standing.get(number) ?? []), resolve])
      gone.addEventListener('abort', () => resolve(), { once: true })
    })
  }
}
