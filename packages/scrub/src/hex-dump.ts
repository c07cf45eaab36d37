import { BLANK, COLON, LETTER_X, ZERO } from './byte-names.js'
import { HEX } from './digits.js'
import { LINE_BYTES, MARGIN } from './dump-listing.js'
import type { InnerText } from './inner-text.js'
import type { WideRun } from './wide-run.js'
import { DUMPED, DUMPED_FIRST } from './wide-run-memory.js'

/** Bytes that must be text, one behind the other: fewer hold no secret. */
const SHORTEST = 16
/** More than a line of a dump. */
const LONGEST_LINE = 96
/** How far before the place of the first look a dump can begin. */
const BEFORE = 24

/**
 * Returns whether a place is behind two bytes, or two pairs of bytes, that are written in hex with a
 * gap before each, as `xxd`, `hexdump` and `od` do; the program of `inner-seek.ts` asks the same.
 */
export function isBehindDump(text: Uint8Array, at: number): boolean {
  if (!isHex(text, at - 1) || !isHex(text, at - 2)) return false
  if (isGap(text, at - 3)) return isHex(text, at - 4) && isHex(text, at - 5) && isGap(text, at - 6)
  if (!isHex(text, at - 3) || !isHex(text, at - 4) || !isGap(text, at - 5)) return false
  for (let before = at - 9; before < at - 5; before += 1) if (!isHex(text, before)) return false
  return isGap(text, at - 10)
}

/**
 * Reads bytes in hex with gaps between them, over the lines of a dump: the offset of each is left
 * out, and what the bytes look like as text belongs to them, because it tells as much.
 *
 * @param near a place within it.
 * @param lines where lines begin in the text.
 * @param fast reads the usual forms of it.
 * @returns where it ends, and the text if it is one.
 */
export function hexDump(
  text: Uint8Array,
  lines: Uint8Array,
  length: number,
  near: number,
  fast?: FastDump,
): Dump {
  const from = beginning(text, lines, near)
  const read = (begin: number) => readDump(text, lines, length, near, begin, fast)
  // A text may begin within the line before, of which too little is left to be known for a dump's.
  if (from > 0 && from < LONGEST_LINE) {
    const rest = read(withinLine(text, from))
    if (rest.to > near + 1) return rest
  }
  return read(from)
}

type Dump = { to: number; inner?: InnerText }

function readDump(
  text: Uint8Array,
  lines: Uint8Array,
  length: number,
  near: number,
  from: number,
  fast: FastDump | undefined,
): Dump {
  if (fast === undefined && room.bytes.length < length) room = roomFor(length)
  const { bytes, begins, ends } = fast?.dumped ?? room
  let at = from
  let count = 0
  // Of the line: its first byte, and whether a line of the dump begins here.
  let first = 0
  let isFirst = true
  let isSwapped = false
  while (at < length) {
    if (isFirst) {
      const begin = at
      const offset = offsetAt(text, at, length)
      at += offset.size
      isSwapped =
        offset.isOfWords || (begin < LONGEST_LINE && isWithinWords(text, lines, begin, length))
      first = count
      isFirst = false
    }
    if (fast !== undefined && !isSwapped) {
      at = fast.dump(at, length, count, first)
      count = fast.state[DUMPED] ?? 0
      first = fast.state[DUMPED_FIRST] ?? 0
    }
    const digits = digitsAt(text, lines, at, length)
    const isHalf = isSwapped && digits === 2 && at + digits === length
    if ((digits !== 2 && digits !== 4) || isHalf) {
      // It may go on behind the end of the text.
      if (goesOn(text, at, length)) at = length
      break
    }
    for (let pair = 0; pair < digits; pair += 2) {
      const place = at + (isSwapped && digits === 4 ? 2 - pair : pair)
      bytes[count] = ((HEX[text[place] ?? 0] ?? 0) << 4) | (HEX[text[place + 1] ?? 0] ?? 0)
      begins[count] = at
      ends[count] = at + digits
      count += 1
    }
    at += digits
    let next = at
    while (next < length && next - at < MARGIN && GAPS[text[next] ?? 0] === 1 && lines[next] === 0)
      next += 1
    if (next === length) at = next
    else if (lines[next] !== 0) isFirst = true
    else if (next > at + 1) {
      // Bytes go on behind a wider gap in the middle of a line.
      const isFull = count - first >= LINE_BYTES
      const digitsNext = isFull ? 0 : digitsAt(text, lines, next, length)
      if ((digitsNext !== 2 && digitsNext !== 4) || !isGap(text, next + digitsNext)) {
        const end = marginEnd(lines, next, length)
        if (end < 0) break
        ends.fill(end, first, count)
        next = end
        isFirst = true
      }
    } else if (next === at) break
    at = next
  }
  const to = Math.max(at, near + 1)
  if (!isText(bytes, count)) return { to }
  const read = { bytes, begins, ends }
  // Copied if shared, because such a text can have another one in it.
  const own = fast === undefined ? roomFor(count, read) : read
  const places = { begins: own.begins, ends: own.ends }
  const decoded = own.bytes.subarray(0, count)
  return { to, inner: { bytes: decoded, from, to, characters: 3, for: 1, places } }
}

/** The bytes of a dump, and where each begins and ends. */
export type DumpRoom = { bytes: Uint8Array; begins: Int32Array; ends: Int32Array }

/** A part of {@link WideRun}, of which the text is the memory. */
export type FastDump = Pick<WideRun, 'dump' | 'dumped' | 'state'>

/** @param kept what is copied into it, as far as there is room. */
function roomFor(size: number, kept?: DumpRoom): DumpRoom {
  return {
    bytes: kept?.bytes.slice(0, size) ?? new Uint8Array(size),
    begins: kept?.begins.slice(0, size) ?? new Int32Array(size),
    ends: kept?.ends.slice(0, size) ?? new Int32Array(size),
  }
}

let room = roomFor(0)

/** Returns whether enough bytes in a row are of a text. */
function isText(bytes: Uint8Array, count: number): boolean {
  let letters = 0
  for (let at = 0; at < count; at += 1) {
    letters = LETTERS[bytes[at] ?? 0] === 1 ? letters + 1 : 0
    if (letters === SHORTEST) return true
  }
  return false
}

/** Goes back over digits and gaps to where a line begins, or something else ends. */
function beginning(text: Uint8Array, lines: Uint8Array, near: number): number {
  const least = Math.max(0, near - 2 * BEFORE)
  let at = near
  while (at > least && lines[at] === 0 && isOfDump(text, at - 1)) at -= 1
  // Within a byte, unless it is the first of a line.
  if (at > 0 && lines[at] === 0) while (at < near && !isGap(text, at - 1)) at += 1
  else if (at === 0) return withinLine(text, near)
  while (at < near && isGap(text, at)) at += 1
  return at
}

/**
 * Returns whether the line after that with which a text begins has numbers of two bytes: its own
 * offset may be cut off.
 */
function isWithinWords(text: Uint8Array, lines: Uint8Array, from: number, length: number): boolean {
  for (let at = from; at >= 0; at -= 1) if (lines[at] !== 0) return false
  let next = from
  while (next < LONGEST_LINE && next < length && lines[next] === 0) next += 1
  return next < length && lines[next] !== 0 && offsetAt(text, next, length).isOfWords
}

/** Returns where the first byte is in a text that begins within one, within an offset or a gap. */
function withinLine(text: Uint8Array, near: number): number {
  let at = 0
  while (at < near && isHex(text, at)) at += 1
  if (at % 2 === 0 || !isGap(text, at)) at = 0
  while (at < near && isGap(text, at)) at += 1
  return at
}

/**
 * Reads an offset, as `00000010:`, `0x0010:`, `00000010  ` or `0000010 `, the last of which stands
 * before numbers of two bytes with the lower one first, if not before single bytes.
 */
function offsetAt(
  text: Uint8Array,
  from: number,
  length: number,
): { size: number; isOfWords: boolean } {
  let at = from
  if (text[at] === ZERO && text[at + 1] === LETTER_X) at += 2
  const digits = at
  while (at < length && at - digits < 9 && isHex(text, at)) at += 1
  const count = at - digits
  const isColon = text[at] === COLON && text[at + 1] === BLANK
  if (count < 4 || (!isColon && (count < 6 || text[at] !== BLANK)))
    return { size: 0, isOfWords: false }
  while (at < length && at - from < MARGIN && isGap(text, at)) at += 1
  return { size: at - from, isOfWords: count === 7 && !isColon }
}

/** Returns how many hex digits stand at a place, at most five, within a line. */
function digitsAt(text: Uint8Array, lines: Uint8Array, from: number, length: number): number {
  if (from + 5 <= length) {
    // Nearly all bytes are written in two or four digits with a gap behind them.
    const two = (HEX[text[from] ?? 0] ?? -1) | (HEX[text[from + 1] ?? 0] ?? -1)
    if (two >= 0 && lines[from + 1] === 0) {
      if (GAPS[text[from + 2] ?? 0] === 1) return 2
      const four = (HEX[text[from + 2] ?? 0] ?? -1) | (HEX[text[from + 3] ?? 0] ?? -1)
      const isGapBehind = four >= 0 && GAPS[text[from + 4] ?? 0] === 1
      if (isGapBehind && lines[from + 2] === 0 && lines[from + 3] === 0) return 4
    }
  }
  let at = from
  while (at < length && at - from < 5 && isHex(text, at) && (at === from || lines[at] === 0))
    at += 1
  return at - from
}

/** Returns whether an offset or a number reaches the end of the text. */
function goesOn(text: Uint8Array, from: number, length: number): boolean {
  let at = from
  while (at < length && at - from < BEFORE && isOfDump(text, at)) at += 1
  return at === length
}

/** Returns where the next line begins, or the text ends; -1 if it is too far away for a margin. */
function marginEnd(lines: Uint8Array, from: number, length: number): number {
  for (let at = from; at < from + MARGIN; at += 1) if (at >= length || lines[at] !== 0) return at
  return -1
}

/**
 * Returns where in the last characters of a text bytes in hex may begin that go on behind it; the
 * end if there are none.
 */
export function openDump(text: Uint8Array, length: number): number {
  let at = length
  let gaps = 0
  while (at > 0 && length - at < BEFORE && isOfDump(text, at - 1)) {
    at -= 1
    if (isGap(text, at)) gaps += 1
  }
  return gaps > 1 ? at : length
}

function isOfDump(text: Uint8Array, at: number): boolean {
  return isHex(text, at) || isGap(text, at) || text[at] === LETTER_X
}

function isHex(text: Uint8Array, at: number): boolean {
  return (HEX[text[at] ?? 0] ?? -1) >= 0
}

function isGap(text: Uint8Array, at: number): boolean {
  return GAPS[text[at] ?? 0] === 1
}

const GAPS = new Uint8Array(256)
for (const byte of [BLANK, COLON]) GAPS[byte] = 1

/** Bytes of a text: printable ones, and spaces. */
const LETTERS = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number((byte >= BLANK && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d)),
)
