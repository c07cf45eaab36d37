import { KEPT_BODIES, KEPT_BODY_COST, KEPT_RANGE_COST } from './limits.js'

/** A body whose record is written, so that later ones may copy from it. */
export type KeptBody = {
  exchange: string
  conversation: string | undefined
  bytes: Uint8Array
  /** What it copied itself, in order. */
  ranges: CopiedRange[]
  /** How many bodies stand below it, each copied by the one above. */
  chain: number
}

/** `length` bytes at `at` of a body are those at `from` of the body of `exchange`. */
export type CopiedRange = {
  at: number
  length: number
  exchange: string
  from: number
  /** The chain of the body of `exchange`. */
  chain: number
}

/** The bodies to copy from, in a budget of bytes: the one unused for longest is dropped first. */
export class KeptBodies {
  readonly #budget: number
  /** The one used last stands last. */
  #bodies: KeptBody[] = []
  #cost = 0

  constructor(budget: number) {
    this.#budget = budget
  }

  /** What is held, by the reckoning of the budget. */
  get cost(): number {
    return this.#cost
  }

  /** All of them: those of this conversation first, then the one used last first. */
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
