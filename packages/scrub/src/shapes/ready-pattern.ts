import { beginningOf, readPattern, type ShapePattern } from './pattern.js'
import type { Shape } from './shape.js'

/** A pattern with its shape; what follows the anchor is parsed when that is first found. */
export class ReadyPattern {
  readonly anchor: Uint8Array
  /** What must follow that, if it is short. */
  readonly next: Uint8Array | undefined
  readonly shape: Shape
  /** What must come right before it. */
  readonly behind: Uint8Array | undefined
  readonly #source: string
  #whole: ShapePattern | undefined

  constructor(source: string, shape: Shape, behind: Uint8Array | undefined) {
    const { anchor, next } = beginningOf(source)
    this.anchor = anchor
    this.next = next
    this.shape = shape
    this.behind = behind
    this.#source = source
  }

  /** The whole pattern, parsed on first use. */
  get whole(): ShapePattern {
    this.#whole ??= readPattern(this.#source)
    return this.#whole
  }
}
