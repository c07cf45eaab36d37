const [LF, CR] = [10, 13]

/** Where a head ends, or that it has not ended yet, or is too long. */
export type Cut = { head: Buffer; rest: Buffer } | 'more' | 'too-long'

/**
 * Finds the end of a head in bytes that arrive in any pieces. Each byte is examined once and copied
 * a bounded number of times, however small the pieces are.
 */
export class HeadCutter {
  readonly #limit: number
  #held = Buffer.alloc(0)
  #length = 0
  #searched = 0
  #hasBegun = false

  /** @param limit the longest accepted head, in bytes. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Whether bytes of an unfinished head are held. */
  get isWithin(): boolean {
    return this.#length > 0
  }

  push(bytes: Buffer): Cut {
    if (this.#length === 0) {
      const end = headEnd(bytes, behindBlank(bytes, 0))
      if (end >= 0) return { head: bytes.subarray(0, end), rest: bytes.subarray(end) }
    }
    this.#hold(bytes)
    const held = this.#held.subarray(0, this.#length)
    // Skips blank lines before the first line (RFC 9112, 2.2).
    if (!this.#hasBegun) this.#searched = behindBlank(held, this.#searched)
    this.#hasBegun ||= this.#searched < this.#length
    const end = headEnd(held, this.#searched)
    if (end >= 0) {
      this.#clear()
      return { head: held.subarray(0, end), rest: Buffer.from(held.subarray(end)) }
    }
    // Its end may have begun: a newline and a carriage return.
    this.#searched = Math.max(this.#searched, this.#length - 2)
    return this.#length > this.#limit ? 'too-long' : 'more'
  }

  /** Returns what is held of a head that did not end. */
  take(): Buffer {
    const held = Buffer.from(this.#held.subarray(0, this.#length))
    this.#clear()
    return held
  }

  #clear(): void {
    this.#length = 0
    this.#searched = 0
    this.#hasBegun = false
  }

  #hold(bytes: Buffer): void {
    const length = this.#length + bytes.length
    if (length > this.#held.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, 2 * this.#held.length, 4096))
      this.#held.copy(larger, 0, 0, this.#length)
      this.#held = larger
    }
    bytes.copy(this.#held, this.#length)
    this.#length = length
  }
}

/** Returns the index after the blank line that ends a head; -1 if there is none yet. */
function headEnd(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3
  }
  return -1
}

function behindBlank(bytes: Buffer, from: number): number {
  let at = from
  while (bytes[at] === LF || bytes[at] === CR) at += 1
  return at
}
