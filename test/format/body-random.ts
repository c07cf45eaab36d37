import { randomBytes } from 'node:crypto'

/** Random numbers from a seed, which a failing test prints: the same seed gives the same bodies. */
export class BodyRandom {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) | 0
    return Math.floor(((this.#state >>> 8) / 2 ** 24) * limit)
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)))
  }

  text(length: number): Buffer {
    const letters = ['a', 'e', 'n', ' ', '"', '\\', '\n', '{', '}', 'é', '試', '😀', '\u0000', 'ﬀ']
    let text = ''
    while (text.length < length) text += letters[this.below(letters.length)]
    return Buffer.from(text)
  }

  /**
   * A body that mostly repeats the other: a few of its parts changed, moved, doubled, or removed.
   */
  edited(body: Buffer): Buffer {
    let edited = body
    for (let edits = 1 + this.below(4); edits > 0; edits -= 1) edited = this.#editedOnce(edited)
    return edited
  }

  #editedOnce(body: Buffer): Buffer {
    const at = this.below(body.length + 1)
    const end = Math.min(body.length, at + this.below(400))
    const before = body.subarray(0, at)
    const part = body.subarray(at, end)
    const after = body.subarray(end)
    switch (this.below(9)) {
      case 0:
        return Buffer.concat([before, this.text(this.below(300)), part, after])
      case 1:
        return Buffer.concat([before, this.bytes(this.below(60)), part, after])
      case 2:
        return Buffer.concat([before, after])
      case 3:
        return Buffer.concat([part, before, after])
      case 4:
        return Buffer.concat([before, part, part, after])
      case 5:
        return Buffer.concat([before, this.bytes(part.length), after])
      case 6:
        return before
      case 7:
        return after
      default:
        // The same length with one byte changed: characters are cut in the middle.
        return Buffer.concat([
          before,
          this.bytes(Math.min(1, part.length)),
          part.subarray(1),
          after,
        ])
    }
  }
}

/** A new seed each run. */
export function newSeed(): number {
  return randomBytes(4).readInt32LE()
}
