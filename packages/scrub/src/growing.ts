/** Bytes that come at the end and go at the front, in memory that is used again. */
export class Growing {
  #room: Uint8Array = new Uint8Array(0)
  /** How many there are. */
  length = 0

  /** All of them, until the next change. */
  get bytes(): Uint8Array {
    return this.#room.subarray(0, this.length)
  }

  add(bytes: Uint8Array): void {
    const length = this.length + bytes.length
    if (length > this.#room.length) {
      const room = new Uint8Array(Math.max(256, length * 2))
      room.set(this.bytes)
      this.#room = room
    }
    this.#room.set(bytes, this.length)
    this.length = length
  }

  /** Takes away the first of them; a large room that is empty is given back. */
  drop(count: number): void {
    this.#room.copyWithin(0, count, this.length)
    this.length -= count
    if (this.length === 0 && this.#room.length > KEPT) this.#room = new Uint8Array(0)
  }
}

const KEPT = 256 * 1024
