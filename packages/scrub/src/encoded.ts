import { SIX_BITS } from './digits.js'
import { Runs } from './shapes/runs.js'
import type { Readable } from './shapes/verdict.js'

/** A part of a text that is base64, as the decoded bytes. */
export type Decoded = Readable & {
  /** The character with which the first byte begins. */
  from: number
  /** The character after the last one. */
  end: number
  /** Whether it ends only because decoding stopped there. */
  isCut: boolean
}

/** Decodes parts of a text that are base64, in either alphabet, each once. */
export class Base64Decoder {
  readonly #text: Readable
  /** The last decoded part, by the alignment of its groups of four. */
  readonly #last: (Decoded | undefined)[] = []

  constructor(text: Readable) {
    this.#text = text
  }

  /** Decodes at least this many characters, from a little before a group. */
  around(group: number, wanted: number): Decoded {
    const last = this.#last[group & 3]
    const isInside = last !== undefined && group >= last.from && group < last.end
    if (isInside && (!last.isCut || group + wanted <= last.end)) return last
    const from = this.#before(group)
    // One is often followed by many, so more is decoded at once the next time.
    const before = last === undefined || group > last.end + NEAR ? 0 : last.end - last.from
    const decoded = decode(
      this.#text,
      from,
      Math.max(group - from + wanted, Math.min(MOST, 2 * before)),
    )
    this.#last[group & 3] = decoded
    return decoded
  }

  #before(group: number): number {
    let from = group
    for (let groups = 0; groups < GROUPS_BEFORE && from >= 4; groups += 1) {
      for (let at = from - 4; at < from; at += 1)
        if ((SIX_BITS[this.#text.bytes[at] ?? 0] ?? -1) < 0) return from
      from -= 4
    }
    return from
  }
}

/** What precedes an anchor tells whether it is one: as many bytes as are looked at in plain text. */
const GROUPS_BEFORE = 7
const NEAR = 256
const MOST = 16 * 1024

function decode(text: Readable, from: number, most: number): Decoded {
  const until = Math.min(text.length, from + most)
  const bytes = new Uint8Array(Math.ceil(((until - from) * 3) / 4))
  let length = 0
  let bits = 0
  let held = 0
  let at = from
  for (; at < until; at += 1) {
    const six = SIX_BITS[text.bytes[at] ?? 0] ?? -1
    if (six < 0) break
    bits = ((bits << 6) | six) & 0xfff
    held += 6
    if (held < 8) continue
    held -= 8
    bytes[length] = (bits >> held) & 0xff
    length += 1
  }
  const isOver = at < until || (text.isLast && at === text.length)
  const isCut = !isOver && at < text.length
  const runs = new Runs()
  return { bytes, length, isLast: isOver, isCut, from, end: at, lines: NO_LINES, runs }
}

/** As long as the longest text that is decoded at once. */
const NO_LINES = new Uint8Array(64 * 1024)
