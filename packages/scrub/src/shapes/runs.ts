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

  /** The end of the run within a line from a place where it is one. */
  end({ of, set }: Part, text: Readable, here: number): number {
    const to = this.#to[set]
    if (to !== undefined && here < to && here >= (this.#from[set] ?? 0)) return to
    let end = here + 1
    while (end < text.length && of[text.bytes[end] ?? 0] === 1 && !text.beginsLine(end)) end += 1
    this.#from[set] = here
    this.#to[set] = end
    return end
  }
}
