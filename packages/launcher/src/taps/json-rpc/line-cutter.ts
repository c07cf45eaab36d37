const NEWLINE = 0x0a

export type LineCutterOptions = {
  /** A line of more bytes is told in pieces. */
  limit: number
  /** A line with its line end. It is the receiver's to keep. */
  onLine: (line: Uint8Array) => void
  /** The beginning of a line that is longer than the limit. */
  onLongStart: (bytes: Uint8Array) => void
  /** The next bytes of such a line, up to its line end. */
  onLongRest: (bytes: Uint8Array) => void
}

/** Cuts bytes into lines as they come, and holds no more of one than the limit. */
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

  /** What is held of a line that has no end. The cutter is empty then. */
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

  /** Into room that doubles, so that a line which comes byte by byte is not copied for each. */
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
