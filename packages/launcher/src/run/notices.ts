/**
 * Tells the user what does not work, one line each on standard error. Never writes into a TUI's
 * screen: the lines then wait until it ends.
 */
export class Notices {
  readonly #hold: boolean
  readonly #held: string[] = []
  readonly #told = new Set<string>()

  /** @param hold whether the lines wait until {@link flush}. */
  constructor(hold: boolean) {
    this.#hold = hold
  }

  tell(sentence: string): void {
    if (this.#told.has(sentence)) return
    this.#told.add(sentence)
    if (this.#hold) this.#held.push(sentence)
    else say(sentence)
  }

  flush(): void {
    for (const sentence of this.#held.splice(0)) say(sentence)
  }
}

/** Prints one line on standard error. If nobody reads it, it is lost, with no other effect. */
export function say(sentence: string): void {
  if (process.stderr.listenerCount('error') === 0) process.stderr.on('error', () => {})
  process.stderr.write(`tacho: ${sentence}\n`)
}
