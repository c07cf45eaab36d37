import type { Marked } from './marker.js'

/** One form of a secret, as the bytes that are searched for. */
export class Needle {
  readonly bytes: Uint8Array
  readonly secret: Marked
  #repeats: Uint32Array | undefined

  constructor(bytes: Uint8Array, secret: Marked) {
    this.bytes = bytes
    this.secret = secret
  }

  /** For each offset, how many bytes from there are those it begins with (the Z function). */
  get repeats(): Uint32Array {
    this.#repeats ??= repeatsOf(this.bytes)
    return this.#repeats
  }
}

/**
 * Compares needles with one text at ascending places. Where places overlap, what an earlier
 * comparison has seen is not read again: a body made of near-misses costs each needle no more than
 * one reading.
 */
export class Comparer {
  #seen = new Map<Needle, { at: number; length: number }>()

  /** How many bytes of the needle stand in the text from `at` on. */
  matching(needle: Needle, text: Uint8Array, at: number): number {
    const wanted = needle.bytes
    // Most candidates end here, without a look at the map.
    if (at + 2 < text.length && text[at + 2] !== wanted[2]) {
      return text[at] !== wanted[0] ? 0 : text[at + 1] !== wanted[1] ? 1 : 2
    }
    const seen = this.#seen.get(needle)
    let length = 0
    if (seen !== undefined && at < seen.at + seen.length) {
      const left = seen.at + seen.length - at
      const repeated = needle.repeats[at - seen.at] ?? 0
      if (repeated < left) return repeated
      length = left
    }
    while (length < wanted.length && text[at + length] === wanted[length]) length += 1
    this.#seen.set(needle, { at, length })
    return length
  }
}

function repeatsOf(bytes: Uint8Array): Uint32Array {
  const repeats = new Uint32Array(bytes.length)
  let from = 0
  let to = 0
  for (let at = 1; at < bytes.length; at += 1) {
    let length = at < to ? Math.min(to - at, repeats[at - from] ?? 0) : 0
    while (at + length < bytes.length && bytes[length] === bytes[at + length]) length += 1
    repeats[at] = length
    if (at + length > to) {
      from = at
      to = at + length
    }
  }
  return repeats
}
