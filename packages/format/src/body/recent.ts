/** Values by name within a budget: the one unused for longest is dropped first. */
export class Recent<Value> {
  readonly #budget: number
  readonly #costOf: (value: Value) => number
  /** A map keeps the order of its entries: the one used last stands last. */
  readonly #values = new Map<string, Value>()
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
    const value = this.#values.get(name)
    if (value === undefined) return undefined
    this.#values.delete(name)
    this.#values.set(name, value)
    return value
  }

  /** Holds a value, unless it is more than the whole budget. */
  set(name: string, value: Value): void {
    this.#drop(name)
    if (this.#costOf(value) > this.#budget) return
    this.#values.set(name, value)
    this.#cost += this.#costOf(value)
    for (const oldest of this.#values.keys()) {
      if (this.#cost <= this.#budget) return
      this.#drop(oldest)
    }
  }

  #drop(name: string): void {
    const value = this.#values.get(name)
    if (value === undefined) return
    this.#values.delete(name)
    this.#cost -= this.#costOf(value)
  }
}
