/** Keeps the last of the bytes that pass: so many of them, and some before those. */
export class LastBytes {
  readonly #count: number
  readonly #room: Buffer
  #length = 0

  constructor(count: number) {
    this.#count = count
    this.#room = Buffer.allocUnsafe(4 * count)
  }

  push(bytes: Uint8Array): void {
    const last = bytes.subarray(-this.#count)
    if (this.#length + last.length > this.#room.length) {
      this.#room.copyWithin(0, this.#length - this.#count, this.#length)
      this.#length = this.#count
    }
    this.#room.set(last, this.#length)
    this.#length += last.length
  }

  /** In memory that is used again with the next {@link push}. */
  take(): Uint8Array {
    return this.#room.subarray(0, this.#length)
  }
}
