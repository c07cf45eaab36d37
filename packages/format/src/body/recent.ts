/**
 * Values by name within a budget. Of those not used since the last check, the oldest is dropped
 * first.
 */
export class Recent<Value> {
  readonly #budget: number
  readonly #costOf: (value: Value) => number
  /**
   * In the order in which they are checked when space is needed. A value in use is marked instead
   * of moved to the end: after some moves a Map is rebuilt, which takes time proportional to its
   * size.
   */
  readonly #values = new Map<string, { value: Value; isUsed: boolean }>()
  #cost = 0

  constructor(budget: number, costOf: (value: Value) => number) {
    this.#budget = budget
    this.#costOf = costOf
  }

  /** The total cost, as the budget counts it. */
  get cost(): number {
    return this.#cost
  }

  get(name: string): Value | undefined {
    const held = this.#values.get(name)
    if (held === undefined) return undefined
    held.isUsed = true
    return held.value
  }

  /** Holds a value, unless it exceeds the whole budget. */
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
