/**
 * What the user has to know of what does not work of ours: one line each on standard error, never into the
 * screen of a TUI, where it waits for the end.
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

/** One line of ours on standard error. Where nobody reads that, it is lost, and nothing else is. */
export function say(sentence: string): void {
  if (process.stderr.listenerCount('error') === 0) process.stderr.on('error', () => {})
  process.stderr.write(`tacho: ${sentence}\n`)
}
