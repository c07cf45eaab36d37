/** Things that happen once, to be awaited before or after they happen. */
export class Moments {
  readonly #happened = new Set<string>()
  readonly #waiting = new Map<string, Waiting[]>()
  #end: Error | undefined

  happen(moment: string): void {
    this.#happened.add(moment)
    for (const { resolve } of this.#waiting.get(moment) ?? []) resolve()
    this.#waiting.delete(moment)
  }

  /** Rejects if the server is closed before it happens. */
  of(moment: string): Promise<void> {
    if (this.#happened.has(moment)) return Promise.resolve()
    const happening = new Promise<void>((resolve, reject) => {
      if (this.#end !== undefined) return reject(this.#end)
      const others = this.#waiting.get(moment) ?? []
      this.#waiting.set(moment, [...others, { resolve, reject }])
    })
    // A test that failed before it waited must fail with its own reason.
    happening.catch(() => {})
    return happening
  }

  /** Nothing more will happen. */
  end(): void {
    this.#end = new Error('the scripted model is closed')
    for (const [moment, waiting] of this.#waiting) {
      const reason = new Error(`the scripted model was closed before this happened: ${moment}`)
      for (const { reject } of waiting) reject(reason)
    }
    this.#waiting.clear()
  }
}

type Waiting = { resolve: () => void; reject: (reason: Error) => void }
