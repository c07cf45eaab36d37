import type { Part } from './pattern.js'
import type { Readable } from './verdict.js'

/**
 * How far the characters of one part go on in a text, each looked at once: anchors can stand in one
 * word side by side, and each asks.
 */
export class Runs {
  /** By the number of their set. */
  readonly #from: number[] = []
  readonly #to: number[] = []
  /** Where a byte stands next, from a place on. */
  readonly #nextFrom: number[] = []
  readonly #next: number[] = []

  /** The end of the run within a line from a place where it is one. */
  end(part: Part, text: Readable, here: number): number {
    const known = this.known(part, here)
    if (known >= 0) return known
    const { of, set } = part
    const { bytes, length, lines } = text
    let end = here + 1
    while (end < length && of[bytes[end] ?? 0] === 1 && lines[end] === 0) end += 1
    this.#from[set] = here
    this.#to[set] = end
    return end
  }

  /** The same where it was looked for before; -1 where it was not. */
  known({ set }: Part, here: number): number {
    const to = this.#to[set]
    return to !== undefined && here < to && here >= (this.#from[set] ?? 0) ? to : -1
  }

  /** Where a byte stands from a place on; the end of the text where it does not. */
  next(byte: number, { bytes, length }: Readable, here: number): number {
    const next = this.#next[byte]
    if (next !== undefined && here <= next && here >= (this.#nextFrom[byte] ?? 0)) return next
    let at = here
    while (at < length && bytes[at] !== byte) at += 1
    this.#nextFrom[byte] = here
    this.#next[byte] = at
    return at
  }
}
