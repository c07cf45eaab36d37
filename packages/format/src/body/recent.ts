/** Values by name within a budget: of those that nobody asked for since the last look, the oldest is dropped first. */
export class Recent<Value> {
  readonly #budget: number
  readonly #costOf: (value: Value) => number
  /**
   * In the order in which they are looked at when there is no room. Whoever is asked for is marked, and
   * not moved to the end at once: a map is written anew after some moves, which takes as long as it is.
   */
  readonly #values = new Map<string, { value: Value; isUsed: boolean }>()
  #cost = 0

  constructor(budget: number, costOf: (value: Value) => number) {
    this.#budget = budget
    this.#costOf = costOf
  }

  /** What is held, by the reckoning of the budget. */
  get cost(): number {
    return this.#cost
  }

  get(name: string): Value | undefined {
    const held = this.#values.get(name)
    if (held === undefined) return undefined
    held.isUsed = true
    return held.value
  }

  /** Holds a value, unless it is more than the whole budget. */
  set(name: string, value: Value): void {
    this.#drop(name)
    if (this.#costOf(value) > this.#budget) return
    this.#values.set(name, { value, isUsed: true })
    this.#cost += this.#costOf(value)
    for (const [oldest, held] of this.#values) {
      if (this.#cost <= this.#budget) return
      if (held.isUsed) {
        this.#values.delete(oldest)
        this.#values.set(oldest, { value: held.value, isUsed: false })
      } else this.#drop(oldest)
    }
  }

  #drop(name: string): void {
    const held = this.#values.get(name)
    if (held === undefined) return
    this.#values.delete(name)
    this.#cost -= this.#costOf(held.value)
  }
}
