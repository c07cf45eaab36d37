// The constants of https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
const P1 = 0x9e3779b185ebca87n
const P2 = 0xc2b2ae3d27d4eb4fn
const P3 = 0x165667b19e3779f9n
const P4 = 0x85ebca77c2b2ae63n
const P5 = 0x27d4eb2f165667c5n

const STRIPE = 32

/** XXH64 with seed 0, computed incrementally: the checksum of a zstd frame. */
export class Xxh64 {
  #a = BigInt.asUintN(64, P1 + P2)
  #b = P2
  #c = 0n
  #d = BigInt.asUintN(64, -P1)
  #length = 0
  readonly #held = new Uint8Array(STRIPE)
  #heldLength = 0

  update(bytes: Uint8Array): void {
    this.#length += bytes.length
    let at = 0
    if (this.#heldLength > 0) {
      at = Math.min(bytes.length, STRIPE - this.#heldLength)
      this.#held.set(bytes.subarray(0, at), this.#heldLength)
      this.#heldLength += at
      if (this.#heldLength < STRIPE) return
      this.#stripes(this.#held)
      this.#heldLength = 0
    }
    const whole = bytes.length - ((bytes.length - at) % STRIPE)
    if (whole > at) this.#stripes(bytes.subarray(at, whole))
    this.#held.set(bytes.subarray(whole))
    this.#heldLength = bytes.length - whole
  }

  /** Returns the lower half of the hash of all bytes so far. */
  low32(): number {
    const length = BigInt(this.#length)
    let hash = BigInt.asUintN(64, (this.#length < STRIPE ? P5 : this.#merged()) + length)
    const rest = this.#held.subarray(0, this.#heldLength)
    const view = new DataView(rest.buffer, rest.byteOffset, rest.length)
    let at = 0
    for (; at + 8 <= rest.length; at += 8) {
      hash ^= round(0n, view.getBigUint64(at, true))
      hash = BigInt.asUintN(64, rotate(hash, 27n) * P1 + P4)
    }
    if (at + 4 <= rest.length) {
      hash ^= BigInt.asUintN(64, BigInt(view.getUint32(at, true)) * P1)
      hash = BigInt.asUintN(64, rotate(hash, 23n) * P2 + P3)
      at += 4
    }
    for (; at < rest.length; at += 1) {
      hash ^= BigInt.asUintN(64, BigInt(rest[at] ?? 0) * P5)
      hash = BigInt.asUintN(64, rotate(hash, 11n) * P1)
    }
    hash = BigInt.asUintN(64, (hash ^ (hash >> 33n)) * P2)
    hash = BigInt.asUintN(64, (hash ^ (hash >> 29n)) * P3)
    return Number(BigInt.asUintN(32, hash ^ (hash >> 32n)))
  }

  #stripes(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    let [a, b, c, d] = [this.#a, this.#b, this.#c, this.#d]
    for (let at = 0; at < bytes.length; at += STRIPE) {
      a = round(a, view.getBigUint64(at, true))
      b = round(b, view.getBigUint64(at + 8, true))
      c = round(c, view.getBigUint64(at + 16, true))
      d = round(d, view.getBigUint64(at + 24, true))
    }
    this.#a = a
    this.#b = b
    this.#c = c
    this.#d = d
  }

  #merged(): bigint {
    let hash = rotate(this.#a, 1n) + rotate(this.#b, 7n) + rotate(this.#c, 12n)
    hash = BigInt.asUintN(64, hash + rotate(this.#d, 18n))
    for (const lane of [this.#a, this.#b, this.#c, this.#d]) {
      hash = BigInt.asUintN(64, (hash ^ round(0n, lane)) * P1 + P4)
    }
    return hash
  }
}

function round(lane: bigint, word: bigint): bigint {
  const sum = BigInt.asUintN(64, lane + BigInt.asUintN(64, word * P2))
  return BigInt.asUintN(64, rotate(sum, 31n) * P1)
}

function rotate(word: bigint, by: bigint): bigint {
  return BigInt.asUintN(64, word << by) | (word >> (64n - by))
}
