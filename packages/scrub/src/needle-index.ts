import { LONGEST_WINDOW } from './limits.js'
import type { Needle } from './needle.js'

/**
 * All needles, laid out so that one pass over a text finds the places where one could begin.
 * Wu and Manber's search ("A fast algorithm for multi-pattern searching", 1994) with pairs of
 * bytes: a window as long as the shortest needle slides over the text, and its last pair tells how
 * far it can slide without missing any needle.
 */
export class NeedleIndex {
  /** Bytes of the longest needle. */
  readonly longest: number
  readonly #window: number
  readonly #shifts: Uint8Array
  // Needles by their first two bytes: the number of their list, 0 being the empty one.
  readonly #listOfPair = new Uint16Array(0x10000)
  readonly #lists: Needle[][] = [[]]
  readonly #byFirst = new Map<number, Needle[]>()

  /** @param needles each at least 3 bytes long, and all different. */
  constructor(needles: readonly Needle[]) {
    const lengths = needles.map((needle) => needle.bytes.length)
    this.longest = Math.max(...lengths)
    this.#window = Math.min(LONGEST_WINDOW, ...lengths)
    this.#shifts = new Uint8Array(0x10000).fill(this.#window - 1)
    // The longest first: who asks what begins at a place wants that.
    for (const needle of needles.toSorted((a, b) => b.bytes.length - a.bytes.length)) {
      this.#addShifts(needle.bytes)
      this.#addBeginning(needle)
    }
  }

  /** The next place at or after `from` where a needle may stand whole, or -1. */
  next(text: Uint8Array, from: number): number {
    const shifts = this.#shifts
    const { length } = text
    let last = from + this.#window - 1
    while (last < length) {
      // Inside of the text by the line above; `| 0` is for the compiler.
      const shift = shifts[((text[last - 1] ?? 0) << 8) | (text[last] ?? 0)] ?? 0
      if (shift === 0) return last - this.#window + 1
      last += shift
    }
    return -1
  }

  /** The needles whose first two bytes stand here (or the first, at the text's end), longest first. */
  beginningAt(text: Uint8Array, at: number): readonly Needle[] {
    const first = text[at] ?? 0
    const second = text[at + 1]
    if (second === undefined) return this.#byFirst.get(first) ?? []
    return this.#lists[this.#listOfPair[(first << 8) | second] ?? 0] ?? []
  }

  #addShifts(bytes: Uint8Array): void {
    for (let last = 1; last < this.#window; last += 1) {
      const pair = pairAt(bytes, last - 1)
      const shift = this.#window - 1 - last
      if (shift < (this.#shifts[pair] ?? 0)) this.#shifts[pair] = shift
    }
  }

  #addBeginning(needle: Needle): void {
    const pair = pairAt(needle.bytes, 0)
    const list = this.#listOfPair[pair] ?? 0
    if (list === 0) this.#listOfPair[pair] = this.#lists.push([needle]) - 1
    else this.#lists[list]?.push(needle)
    const first = needle.bytes[0] ?? 0
    const alike = this.#byFirst.get(first)
    if (alike === undefined) this.#byFirst.set(first, [needle])
    else alike.push(needle)
  }
}

function pairAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}
