import type { Readable } from './shapes/verdict.js'

/** A part of a text that is base64, as the bytes that it stands for. */
export type Decoded = Readable & {
  /** The character that the first byte begins with. */
  from: number
  /** Whether it ends only because no more was decoded. */
  isCut: boolean
}

/**
 * Decodes base64 of either alphabet, from a character that begins a group of four.
 *
 * @param most characters.
 */
export function decodeFrom(text: Readable, from: number, most: number): Decoded {
  const characters = Math.min(most, text.length - from)
  const bytes = new Uint8Array(Math.ceil((characters * 3) / 4))
  let length = 0
  let bits = 0
  let held = 0
  let at = from
  for (; at < from + characters; at += 1) {
    const six = SIX_BITS[text.bytes[at] ?? 0] ?? -1
    if (six < 0) break
    bits = ((bits << 6) | six) & 0xfff
    held += 6
    if (held < 8) continue
    held -= 8
    bytes[length] = (bits >> held) & 0xff
    length += 1
  }
  const isOver = at < from + characters || (text.isLast && at === text.length)
  const isCut = !isOver && at < text.length
  return { bytes, length, isLast: isOver, isCut, from, beginsLine: () => false }
}

/** A place of some groups before another one, as far as there is base64 before it. */
export function groupsBefore(text: Readable, at: number, groups: number): number {
  let from = at
  for (let group = 0; group < groups && from >= 4; group += 1) {
    for (let character = from - 4; character < from; character += 1)
      if ((SIX_BITS[text.bytes[character] ?? 0] ?? -1) < 0) return from
    from -= 4
  }
  return from
}

const SIX_BITS = new Int8Array(256).fill(-1)
for (const [value, character] of [
  ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
].entries())
  SIX_BITS[character.charCodeAt(0)] = value
SIX_BITS[0x2d] = 62
SIX_BITS[0x5f] = 63
