import { FIVE_BITS, HEX, SIX_BITS } from './digits.js'
import { type FastDump, hexDump, isBehindDump, openDump } from './hex-dump.js'
import { LOOKED_AT_EVERY, SHORTEST_BASE32, SHORTEST_INNER } from './inner-seek.js'
import type { WideRun } from './wide-run.js'

/** Text that is encoded in base64, base32 or hex inside another: its bytes, and where each is. */
export type InnerText = {
  /** Valid until the next one is taken. */
  bytes: Uint8Array
  /** Its first character, and the one after its last. */
  from: number
  to: number
  /** Characters per number of bytes: 4 for 3, 8 for 5, or 2 for 1. */
  characters: number
  for: number
  /** Where each byte begins and ends, if they are not evenly spaced. */
  places?: { begins: Int32Array; ends: Int32Array }
}

/** Returns where the first character of a byte is. */
export function beginOf({ from, characters, for: bytes, places }: InnerText, at: number): number {
  return places?.begins[at] ?? from + Math.floor((at * characters) / bytes)
}

/** Returns where the characters of the bytes before one end. */
export function endOf({ from, to, characters, for: bytes, places }: InnerText, at: number): number {
  return places?.ends[at - 1] ?? Math.min(to, from + Math.ceil((at * characters) / bytes))
}

/**
 * Finds the texts inside a text that are encoded in base64, base32 or hex, also in a dump. What decodes to ASCII is text:
 * in a hash, an image or a word of a program, nearly every other byte does not.
 *
 * @param lines where lines begin in the text.
 * @param take receives them in order.
 * @param fast passes over text in which none begins, and decodes base64, faster than this does.
 */
export function innerTexts(
  text: Uint8Array,
  lines: Uint8Array,
  length: number,
  take: (inner: InnerText) => void,
  fast?: FastDecoder,
): void {
  let start = 0
  while (start + SHORTEST_INNER <= length) {
    if (fast !== undefined) start = fast.seek(start, length)
    // Backwards, so most of a text is never examined.
    let at = start + SHORTEST_INNER - 1
    while (at >= start && (SIX_BITS[text[at] ?? 0] ?? -1) >= 0) at -= 1
    if (at >= start) {
      start = at + 1
      if (!isBehindDump(text, at)) continue
      const dump = hexDump(text, lines, length, at, fast)
      if (dump.inner !== undefined) take(dump.inner)
      start = dump.to
      continue
    }
    const inner =
      hexText(text, start, length) ??
      base32Text(text, start, length, fast) ??
      base64Text(text, start, length, fast)
    if (inner !== undefined) take(inner)
    start = inner === undefined ? start + LOOKED_AT_EVERY : Math.max(inner.to, start + 1)
  }
}

/** A part of {@link WideRun}, of which the text is the memory. */
export type FastDecoder = Pick<WideRun, 'seek' | 'decode' | 'decoded'> & FastDump

function hexText(text: Uint8Array, start: number, length: number): InnerText | undefined {
  let first = start
  while (first < start + LOOKED_AT_EVERY && first + SHORTEST_INNER <= length) {
    let at = first + SHORTEST_INNER - 1
    while (at >= first && (HEX[text[at] ?? 0] ?? -1) >= 0) at -= 1
    if (at < first) return hexTextAt(text, first, length)
    first = at + 1
  }
  return undefined
}

function hexTextAt(text: Uint8Array, first: number, length: number): InnerText | undefined {
  const phase = isHexText(text, first) ? 0 : isHexText(text, first + 1) ? 1 : -1
  if (phase < 0) return undefined
  let from = first + phase
  while (from >= 2 && isPair(text, from - 2)) from -= 2
  let to = first + phase
  while (to + 2 <= length && isPair(text, to)) to += 2
  const bytes = new Uint8Array((to - from) >> 1)
  for (let at = from; at < to; at += 2)
    bytes[(at - from) >> 1] = ((HEX[text[at] ?? 0] ?? 0) << 4) | (HEX[text[at + 1] ?? 0] ?? 0)
  return { bytes, from, to, characters: 2, for: 1 }
}

function isHexText(text: Uint8Array, from: number): boolean {
  for (let at = from; at < from + SHORTEST_INNER - 2; at += 2) if (!isPair(text, at)) return false
  return true
}

/** Returns whether two characters are the hex of an ASCII byte. */
function isPair(text: Uint8Array, at: number): boolean {
  const high = HEX[text[at] ?? 0] ?? -1
  return high >= 0 && high < 8 && high !== 1 && (HEX[text[at + 1] ?? 0] ?? -1) >= 0
}

function base32Text(
  text: Uint8Array,
  start: number,
  length: number,
  fast: FastDecoder | undefined,
): InnerText | undefined {
  let first = start
  while (first < start + LOOKED_AT_EVERY && first + SHORTEST_BASE32 <= length) {
    let at = first + SHORTEST_BASE32 - 1
    while (at >= first && (FIVE_BITS[text[at] ?? 0] ?? -1) >= 0) at -= 1
    if (at < first) return base32TextAt(text, first, length, fast)
    first = at + 1
  }
  return undefined
}

function base32TextAt(
  text: Uint8Array,
  first: number,
  length: number,
  fast: FastDecoder | undefined,
): InnerText | undefined {
  for (let phase = 0; phase < 8; phase += 1) {
    let to = first + phase
    const end = first + SHORTEST_BASE32 - 7
    while (to < end && isBase32Group(text, to)) to += 8
    if (to < end) continue
    let from = first + phase
    while (from >= 8 && isBase32Group(text, from - 8)) from -= 8
    const rest = fast?.decode('base32', from, length) ?? from
    to = Math.max(to, rest)
    while (to + 8 <= length && isBase32Group(text, to)) to += 8
    for (let more = 0; more < 7 && to < length && isBase32(text, to); more += 1) to += 1
    const bytes = roomOf(from, to, 5, fast?.decoded)
    decode(text, rest, to, FIVE_BITS, 5, bytes, ((rest - from) / 8) * 5)
    return { bytes, from, to, characters: 8, for: 5 }
  }
  return undefined
}

/** Returns whether eight characters are the base32 of five ASCII bytes. */
function isBase32Group(text: Uint8Array, at: number): boolean {
  const wrong =
    (fiveBits(text, at) & 0x10) | (fiveBits(text, at + 1) & 0x02) | (fiveBits(text, at + 3) & 0x08)
  if (wrong !== 0) return false
  const others =
    (fiveBits(text, at + 2) & NONE) |
    (fiveBits(text, at + 4) & 0x01) |
    (fiveBits(text, at + 5) & NONE) |
    (fiveBits(text, at + 6) & 0x04) |
    (fiveBits(text, at + 7) & NONE)
  return others === 0
}

function fiveBits(text: Uint8Array, at: number): number {
  return FIVE_BITS[text[at] ?? 0] ?? -1
}

/** Only of a character that has no value, this bit is set; so are all others. */
const NONE = 1 << 31

function isBase32(text: Uint8Array, at: number): boolean {
  return (FIVE_BITS[text[at] ?? 0] ?? -1) >= 0
}

function base64Text(
  text: Uint8Array,
  start: number,
  length: number,
  fast: FastDecoder | undefined,
): InnerText | undefined {
  const end = start + SHORTEST_INNER - 3
  for (let phase = 0; phase < 4; phase += 1) {
    let to = start + phase
    while (to < end && isGroup(text, to)) to += 4
    if (to < end) continue
    let from = start + phase
    while (from >= 4 && isGroup(text, from - 4)) from -= 4
    const rest = fast?.decode('base64', from, length) ?? from
    to = Math.max(to, rest)
    while (to + 4 <= length && isGroup(text, to)) to += 4
    for (let more = 0; more < 3 && to < length && isDigit(text, to); more += 1) to += 1
    const bytes = roomOf(from, to, 6, fast?.decoded)
    decode(text, rest, to, SIX_BITS, 6, bytes, ((rest - from) / 4) * 3)
    return { bytes, from, to, characters: 4, for: 3 }
  }
  return undefined
}

/** Returns whether four characters are the base64 of three ASCII bytes. */
function isGroup(text: Uint8Array, at: number): boolean {
  const wrong =
    (sixBits(text, at) & 0x20) |
    (sixBits(text, at + 1) & 0x08) |
    (sixBits(text, at + 2) & 0x02) |
    (sixBits(text, at + 3) & NONE)
  return wrong === 0
}

function sixBits(text: Uint8Array, at: number): number {
  return SIX_BITS[text[at] ?? 0] ?? -1
}

function isDigit(text: Uint8Array, at: number): boolean {
  return (SIX_BITS[text[at] ?? 0] ?? -1) >= 0
}

/** Returns room for what a text decodes to, in which the first bytes may be. */
function roomOf(from: number, to: number, size: number, decoded?: Uint8Array): Uint8Array {
  const length = Math.floor(((to - from) * size) / 8)
  return decoded?.subarray(0, length) ?? new Uint8Array(length)
}

/**
 * @param values what each character stands for, in this many bits.
 * @param length of what was decoded before, in whole groups.
 */
function decode(
  text: Uint8Array,
  from: number,
  to: number,
  values: Int8Array,
  size: number,
  bytes: Uint8Array,
  length = 0,
): void {
  let held = 0
  let bits = 0
  let at = from
  // Whole groups at once.
  for (; size === 6 && at + 4 <= to; at += 4) {
    const group =
      (sixBits(text, at) << 18) |
      (sixBits(text, at + 1) << 12) |
      (sixBits(text, at + 2) << 6) |
      sixBits(text, at + 3)
    bytes[length] = group >> 16
    bytes[length + 1] = group >> 8
    bytes[length + 2] = group
    length += 3
  }
  for (; size === 5 && at + 8 <= to; at += 8) {
    const [first, second] = [fourFives(text, at), fourFives(text, at + 4)]
    bytes[length] = first >> 12
    bytes[length + 1] = first >> 4
    bytes[length + 2] = (first << 4) | (second >> 16)
    bytes[length + 3] = second >> 8
    bytes[length + 4] = second
    length += 5
  }
  for (; at < to; at += 1) {
    bits = ((bits << size) | (values[text[at] ?? 0] ?? 0)) & 0xffff
    held += size
    if (held < 8) continue
    held -= 8
    bytes[length] = (bits >> held) & 0xff
    length += 1
  }
}

/** Returns the 20 bits of four base32 characters. */
function fourFives(text: Uint8Array, at: number): number {
  return (
    (fiveBits(text, at) << 15) |
    (fiveBits(text, at + 1) << 10) |
    (fiveBits(text, at + 2) << 5) |
    fiveBits(text, at + 3)
  )
}

/**
 * Returns where a run begins in the last characters of a text that may continue after it; the end
 * if there is none.
 */
export function openRun(text: Uint8Array, length: number): number {
  let at = length
  while (at > 0 && length - at < SHORTEST_INNER && (SIX_BITS[text[at - 1] ?? 0] ?? -1) >= 0) at -= 1
  return Math.min(at, openDump(text, length))
}
