/** A byte queue: appends at the end, drops from the front, and reuses its memory. */
export class Growing {
  #room: Uint8Array = new Uint8Array(0)
  /** How many bytes it holds. */
  length = 0

  /** Returns the buffer that contains them, with room after them; valid until the next change. */
  get room(): Uint8Array {
    return this.#room
  }

  /** Returns all of them; valid until the next change. */
  get bytes(): Uint8Array {
    return this.#room.subarray(0, this.length)
  }

  add(bytes: Uint8Array): void {
    this.addPart(bytes, 0, bytes.length)
  }

  addPart(bytes: Uint8Array, from: number, to: number): void {
    const before = this.length
    const length = before + to - from
    if (length > this.#room.length) {
      const room = new Uint8Array(Math.max(256, length * 2))
      room.set(this.bytes)
      this.#room = room
    }
    if (to - from > FEW) this.#room.set(bytes.subarray(from, to), before)
    else {
      const room = this.#room
      for (let at = from; at < to; at += 1) room[before + at - from] = bytes[at] ?? 0
    }
    this.length = length
  }

  /** Drops the first bytes; a large buffer that is empty is released. */
  drop(count: number): void {
    if (count === 0) return
    if (count < this.length) this.#room.copyWithin(0, count, this.length)
    this.length -= count
    if (this.length === 0 && this.#room.length > KEPT) this.#room = new Uint8Array(0)
  }
}

/** Up to this many bytes, a loop copies faster than a view. */
const FEW = 64

const KEPT = 256 * 1024
