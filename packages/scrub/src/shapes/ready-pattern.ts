import { beginningOf, readPattern, type ShapePattern } from './pattern.js'
import type { Shape } from './shape.js'

/** A pattern with the shape that it is one of; what follows its anchor is read when that is found for the first time. */
export class ReadyPattern {
  readonly anchor: Uint8Array
  /** What must follow that, where it is short. */
  readonly next: Uint8Array | undefined
  readonly shape: Shape
  /** What must stand right before it. */
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

  /** All of it, read when it is needed for the first time. */
  get whole(): ShapePattern {
    this.#whole ??= readPattern(this.#source)
    return this.#whole
  }
}
