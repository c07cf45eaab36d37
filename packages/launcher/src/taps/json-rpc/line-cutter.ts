const NEWLINE = 0x0a

export type LineCutterOptions = {
  /** Longer lines are reported in pieces. */
  limit: number
  /** Receives a line with its line end. The receiver may keep it. */
  onLine: (line: Uint8Array) => void
  /** Receives the beginning of a line longer than the limit. */
  onLongStart: (bytes: Uint8Array) => void
  /** Receives more bytes of such a line, up to its line end. */
  onLongRest: (bytes: Uint8Array) => void
}

/** Cuts bytes into lines as they arrive, holding at most the limit. */
export class LineCutter {
  readonly #options: LineCutterOptions
  #held = Buffer.alloc(0)
  #heldBytes = 0
  #isLong = false

  constructor(options: LineCutterOptions) {
    this.#options = options
  }

  push(bytes: Uint8Array): void {
    let start = 0
    let end = bytes.indexOf(NEWLINE)
    while (end >= 0) {
      this.#endLine(bytes.subarray(start, end + 1))
      start = end + 1
      end = bytes.indexOf(NEWLINE, start)
    }
    if (start < bytes.length) this.#hold(bytes.subarray(start))
  }

  /** Returns what is held of a line without an end, and empties the cutter. */
  rest(): Uint8Array {
    const rest = this.#held.subarray(0, this.#heldBytes)
    this.#held = Buffer.alloc(0)
    this.#heldBytes = 0
    return rest
  }

  #endLine(tail: Uint8Array): void {
    if (this.#isLong) {
      this.#isLong = false
      this.#options.onLongRest(tail)
    } else if (this.#heldBytes === 0) {
      this.#options.onLine(tail)
    } else {
      this.#append(tail)
      this.#options.onLine(this.rest())
    }
  }

  #hold(bytes: Uint8Array): void {
    if (this.#isLong) {
      this.#options.onLongRest(bytes)
      return
    }
    this.#append(bytes)
    if (this.#heldBytes <= this.#options.limit) return
    this.#isLong = true
    this.#options.onLongStart(this.rest())
  }

  /** The buffer doubles, so that a line that arrives byte by byte is not copied for each. */
  #append(bytes: Uint8Array): void {
    const needed = this.#heldBytes + bytes.length
    if (needed > this.#held.length) {
      const room = Buffer.allocUnsafeSlow(Math.max(needed, this.#held.length * 2))
      this.#held.copy(room, 0, 0, this.#heldBytes)
      this.#held = room
    }
    this.#held.set(bytes, this.#heldBytes)
    this.#heldBytes = needed
  }
}
