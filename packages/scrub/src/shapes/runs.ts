import type { Part } from './pattern.js'
import type { Readable } from './verdict.js'

/**
 * How far the characters of a part continue in a text, each examined once: anchors can occur side
 * by side in one word, and each asks.
 */
export class Runs {
  /** By the number of their set. */
  readonly #from: number[] = []
  readonly #to: number[] = []
  /** The next occurrence of each byte from an offset. */
  readonly #nextFrom: number[] = []
  readonly #next: number[] = []

  /** Returns the end of the run within a line, from an offset that is part of one. */
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

  /** The same if it was looked up before; -1 if not. */
  known({ set }: Part, here: number): number {
    const to = this.#to[set]
    return to !== undefined && here < to && here >= (this.#from[set] ?? 0) ? to : -1
  }

  /** Returns the next occurrence of a byte; the end of the text if there is none. */
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
