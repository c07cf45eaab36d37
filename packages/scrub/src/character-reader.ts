import {
  BACKSLASH,
  CR,
  ESCAPE,
  LEFT_BRACE,
  LEFT_BRACKET,
  LETTER_E,
  LETTER_U,
  LETTER_X,
  LF,
  PERCENT,
  RIGHT_BRACE,
  TAB,
} from './byte-names.js'
import { HEX } from './digits.js'

/** Reads single characters of a text, escaped or not: backslashes at any depth, percent-encoding. */
export class CharacterReader {
  /** The character that was read last; {@link RAW_BYTE} marks a byte of a longer one. */
  code = 0

  /** Reads one character, escaped or not, and returns its end; -1 if the text ends within it. */
  read(text: Uint8Array, at: number, to: number, isLast: boolean): number {
    const byte = text[at] ?? 0
    this.code = byte >= 0x80 ? RAW_BYTE | byte : byte
    if (byte === BACKSLASH) return this.#escaped(text, at, to, isLast)
    if (byte === PERCENT) {
      const next = this.#percent(text, at, to, isLast)
      return next > 0 && this.code === BACKSLASH ? this.#escaped(text, at, to, isLast) : next
    }
    return at + 1
  }

  /** Reads backslashes, percent-encoded or not, and the character after them. */
  #escaped(text: Uint8Array, from: number, to: number, isLast: boolean): number {
    let at = from
    for (let count = 0; count < BACKSLASHES && at < to; count += 1) {
      const byte = text[at] ?? 0
      if (byte === PERCENT) {
        const next = this.#percent(text, at, to, isLast)
        if (next < 0 || this.code !== BACKSLASH) return next
        at = next
      } else if (byte === BACKSLASH) at += 1
      else break
    }
    if (at === to) return isLast ? to : -1
    const byte = text[at] ?? 0
    if (byte === LETTER_U || byte === LETTER_X) {
      this.code = byte
      const next =
        byte === LETTER_U
          ? this.#unicode(text, at, to, isLast)
          : this.#twoDigits(text, at, to, isLast)
      const isBackslash = next > 0 && this.code === BACKSLASH && next - from < BACKSLASHES
      return isBackslash ? this.#escaped(text, next, to, isLast) : next
    }
    const written = writtenEscape(text, at, to)
    if (written < 0 && !isLast) return -1
    if (written > 0) this.code = ESCAPE
    else this.code = ESCAPED[byte] ?? (byte >= 0x80 ? RAW_BYTE | byte : byte)
    return at + Math.max(1, written)
  }

  /** Reads `\uXXXX`, from its `u` on; two of them if they are a surrogate pair. */
  #unicode(text: Uint8Array, at: number, to: number, isLast: boolean): number {
    if (text[at + 1] === LEFT_BRACE && at + 1 < to) return this.#inBraces(text, at, to, isLast)
    if (at + 5 > to) return isLast || !isHexSoFar(text, at + 1, to) ? at + 1 : -1
    const unit = hexAt(text, at + 1, 4)
    if (unit < 0) return at + 1
    this.code = unit
    if (unit < 0xd800 || unit > 0xdbff) return at + 5
    let low = at + 5
    while (low < to && text[low] === BACKSLASH && low - at < 5 + BACKSLASHES) low += 1
    if (low + 5 > to) return isLast ? at + 5 : -1
    const second = low > at + 5 && text[low] === LETTER_U ? hexAt(text, low + 1, 4) : -1
    if (second < 0xdc00 || second > 0xdfff) return at + 5
    this.code = 0x10000 + ((unit - 0xd800) << 10) + (second - 0xdc00)
    return low + 5
  }

  /** Reads `\u{X}`, from its `u` on. */
  #inBraces(text: Uint8Array, at: number, to: number, isLast: boolean): number {
    let end = at + 2
    while (end < to && end - at < BRACED && (HEX[text[end] ?? 0] ?? -1) >= 0) end += 1
    if (end === to) return isLast ? at + 1 : -1
    if (text[end] !== RIGHT_BRACE || end === at + 2) return at + 1
    this.code = hexAt(text, at + 2, end - at - 2)
    return end + 1
  }

  /** Reads `\xXX`, from its `x` on. */
  #twoDigits(text: Uint8Array, at: number, to: number, isLast: boolean): number {
    if (at + 3 > to) return isLast || !isHexSoFar(text, at + 1, to) ? at + 1 : -1
    const code = hexAt(text, at + 1, 2)
    if (code < 0) return at + 1
    this.code = code >= 0x80 ? RAW_BYTE | code : code
    return at + 3
  }

  /** Reads `%XX`, and `%25XX`, which was encoded twice. */
  #percent(text: Uint8Array, from: number, to: number, isLast: boolean): number {
    let at = from + 1
    for (let depth = 0; depth < PERCENT_DEPTH; depth += 1) {
      if (at + 2 > to) {
        if (isLast || !isHexSoFar(text, at, to)) break
        return -1
      }
      const code = hexAt(text, at, 2)
      if (code < 0) break
      at += 2
      this.code = code >= 0x80 ? RAW_BYTE | code : code
      if (code !== PERCENT) break
    }
    return at
  }
}

/** Marks a byte that is not a character of its own. */
export const RAW_BYTE = 0x1000000

/** Backslashes before one character: JSON in JSON, five levels deep. */
const BACKSLASHES = 32
const PERCENT_DEPTH = 3
/**
 * Characters before the closing brace: five of the longest code, so that it is no longer than other
 * escapes.
 */
const BRACED = 7

const ESCAPED: Readonly<Record<number, number>> = { 110: LF, 114: CR, 116: TAB }

const ESCAPE_LETTER = [LETTER_E, LEFT_BRACKET]
const ESCAPE_NUMBER = [0x30, 0x33, 0x33, LEFT_BRACKET]
/**
 * Returns how many bytes after a backslash are a terminal's escape character, as shells and most
 * languages write it: `\\e[`, `\\033[`; 0 if they are not, -1 if the text ends too soon.
 */
function writtenEscape(text: Uint8Array, at: number, to: number): number {
  const written = text[at] === LETTER_E ? ESCAPE_LETTER : ESCAPE_NUMBER
  for (let index = 0; index < written.length; index += 1) {
    if (at + index >= to) return -1
    if (text[at + index] !== written[index]) return 0
  }
  return written.length - 1
}

function hexAt(text: Uint8Array, at: number, digits: number): number {
  let value = 0
  for (let index = at; index < at + digits; index += 1) {
    const digit = HEX[text[index] ?? 0] ?? -1
    if (digit < 0) return -1
    value = (value << 4) | digit
  }
  return value
}

function isHexSoFar(text: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if ((HEX[text[at] ?? 0] ?? -1) < 0) return false
  return true
}
