import { commonPrefix, commonSuffix } from './compare.js'

/** `length` bytes at `at` in one body that equal those at `from` in another. */
export type Match = { at: number; length: number; from: number }

// The hash window in bytes. Any match of 63 bytes or more contains a whole block.
const BLOCK = 32
const MULTIPLIER = 0x9e3779b1
const LEAVING = powerOf(MULTIPLIER, BLOCK)

/**
 * Finds the bytes of part of one body anywhere in others: each 32-byte block of the part is indexed
 * by its hash, and the other body is looked up at every offset with a rolling hash (as in rsync).
 * Takes some 16 bytes of memory per block while held.
 */
export class BlockIndex {
  readonly #bytes: Uint8Array
  readonly #from: number
  readonly #to: number
  /** Block numbers, from 1, by slot. */
  readonly #table: Int32Array
  readonly #shift: number

  constructor(bytes: Uint8Array, from: number, to: number) {
    this.#bytes = bytes
    this.#from = from
    this.#to = to
    const blocks = Math.max(0, Math.floor((to - from) / BLOCK))
    // Four slots per block: nine of ten blocks get their own.
    const bits = Math.max(4, Math.ceil(Math.log2(blocks * 4 + 1)))
    this.#table = new Int32Array(2 ** bits)
    this.#shift = 32 - bits
    for (let block = 0; block < blocks; block += 1) {
      const slot = this.#slotOf(hashOf(bytes, from + block * BLOCK))
      if (this.#table[slot] === 0) this.#table[slot] = block + 1
    }
  }

  /** Returns the matches in `body` between `from` and `to`, in order, without overlaps. */
  find(body: Uint8Array, from: number, to: number, shortest: number): Match[] {
    const matches: Match[] = []
    if (to - from < BLOCK) return matches
    let free = from
    let diagonal = 0
    let at = from
    let hash = hashOf(body, at)
    for (;;) {
      const block = this.#table[this.#slotOf(hash)] ?? 0
      const match = block > 0 ? this.#matchAt(body, at, to, block, diagonal) : undefined
      if (match === undefined) {
        if (at + BLOCK >= to) return matches
        hash = rolled(hash, body[at] ?? 0, body[at + BLOCK] ?? 0)
        at += 1
        continue
      }
      diagonal = match.from - match.at
      const end = match.at + match.length
      const whole = this.#extendedBack(body, match, free)
      if (whole.length >= shortest) {
        matches.push(whole)
        free = end
      }
      // Also skips a match that is too short: else a body full of them would be compared over and
      // over. The next match extends back over these bytes if they belong to it.
      at = end
      if (at + BLOCK > to) return matches
      hash = hashOf(body, at)
    }
  }

  #slotOf(hash: number): number {
    return Math.imul(hash, 0x85ebca6b) >>> this.#shift
  }

  /**
   * Returns the longer of two matches: at the block, or where the previous match would continue.
   */
  #matchAt(
    body: Uint8Array,
    at: number,
    to: number,
    block: number,
    diagonal: number,
  ): Match | undefined {
    const found = this.#matchFrom(body, at, to, this.#from + (block - 1) * BLOCK)
    const onward = this.#matchFrom(body, at, to, at + diagonal)
    const longer = onward.length >= found.length ? onward : found
    return longer.length >= BLOCK ? longer : undefined
  }

  #matchFrom(body: Uint8Array, at: number, to: number, from: number): Match {
    if (from < this.#from || from >= this.#to) return { at, length: 0, from }
    const limit = Math.min(to - at, this.#to - from)
    return { at, length: commonPrefix(body, at, this.#bytes, from, limit), from }
  }

  #extendedBack(body: Uint8Array, { at, length, from }: Match, free: number): Match {
    const limit = Math.min(at - free, from - this.#from)
    const back = commonSuffix(body, at, this.#bytes, from, limit)
    return { at: at - back, length: length + back, from: from - back }
  }
}

function hashOf(bytes: Uint8Array, at: number): number {
  let hash = 0
  for (let index = at; index < at + BLOCK; index += 1) {
    hash = (Math.imul(hash, MULTIPLIER) + (bytes[index] ?? 0)) | 0
  }
  return hash
}

function rolled(hash: number, leaving: number, entering: number): number {
  return (Math.imul(hash, MULTIPLIER) + entering - Math.imul(LEAVING, leaving)) | 0
}

function powerOf(base: number, exponent: number): number {
  let power = 1
  for (let index = 0; index < exponent; index += 1) power = Math.imul(power, base)
  return power
}
