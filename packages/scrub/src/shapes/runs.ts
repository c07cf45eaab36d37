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
  /** Whether a run was read no further than was asked, and may continue. */
  readonly #isOpen: boolean[] = []
  /** The next occurrence of each byte from an offset. */
  readonly #nextFrom: number[] = []
  readonly #next: number[] = []

  /**
   * Returns the end of the run within a line, from an offset that is part of one; any place of the
   * run from `until` on if it does not end before.
   */
  end(part: Part, text: Readable, here: number, until: number): number {
    const { of, set } = part
    const known = this.known(part, here)
    if (known >= until || (known >= 0 && this.#isOpen[set] === false)) return known
    const { bytes, lines } = text
    const most = Math.min(text.length, until)
    let end = known >= 0 ? known : here + 1
    if (known < 0) this.#from[set] = here
    while (end < most && of[bytes[end] ?? 0] === 1 && lines[end] === 0) end += 1
    this.#to[set] = end
    this.#isOpen[set] = end === until
    return end
  }

  /** Returns how far it continues at least, if that was looked up before; -1 if not. */
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
