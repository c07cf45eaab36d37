import { KEPT_BODIES, KEPT_BODY_COST, KEPT_RANGE_COST } from './limits.js'

/** A body whose record is written, so later ones may copy from it. */
export type KeptBody = {
  exchange: string
  conversation: string | undefined
  bytes: Uint8Array
  /** The ranges that it copied itself, in order. */
  ranges: CopiedRange[]
  /** How many bodies are below it in the chain, each copied by the one above. */
  chain: number
}

/** `length` bytes at `at` of a body equal those at `from` of the body of `exchange`. */
export type CopiedRange = {
  at: number
  length: number
  exchange: string
  from: number
  /** The chain length of the body of `exchange`. */
  chain: number
}

/** The bodies to copy from, within a budget of bytes: the least recently used is dropped first. */
export class KeptBodies {
  readonly #budget: number
  /** Least recently used first. */
  #bodies: KeptBody[] = []
  #cost = 0

  constructor(budget: number) {
    this.#budget = budget
  }

  /** The total cost, as the budget counts it. */
  get cost(): number {
    return this.#cost
  }

  /** Returns all bodies: those of this conversation first, then by most recent use. */
  nearest(conversation: string | undefined): KeptBody[] {
    const byUse = this.#bodies.toReversed()
    if (conversation === undefined) return byUse
    const isNear = (body: KeptBody) => body.conversation === conversation
    return [...byUse.filter(isNear), ...byUse.filter((body) => !isNear(body))]
  }

  add(body: KeptBody): void {
    if (costOf(body) > this.#budget) return
    this.#bodies.push(body)
    this.#cost += costOf(body)
    while (this.#cost > this.#budget || this.#bodies.length > KEPT_BODIES) {
      const oldest = this.#bodies[0]
      if (oldest === undefined) return
      this.drop(oldest)
    }
  }

  touch(body: KeptBody): void {
    const index = this.#bodies.indexOf(body)
    if (index < 0) return
    this.#bodies.splice(index, 1)
    this.#bodies.push(body)
  }

  drop(body: KeptBody): void {
    const index = this.#bodies.indexOf(body)
    if (index < 0) return
    this.#bodies.splice(index, 1)
    this.#cost -= costOf(body)
  }
}

function costOf({ bytes, ranges }: KeptBody): number {
  return bytes.length + ranges.length * KEPT_RANGE_COST + KEPT_BODY_COST
}
