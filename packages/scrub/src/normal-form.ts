/**
 * A text without what writers put around the characters of a secret: escapes of JSON at any depth,
 * percent-encoding, line breaks with the indentation and the line number behind them, a shell's
 * continued lines, colours of a terminal. What is searched for is searched for in this form, so that
 * one pass finds it however it is spelled and wherever it is wrapped.
 */
export class NormalForm {
  bytes: Uint8Array
  /** For each byte where it stands in the text, twice, and one more where a line begins with it. */
  places: Int32Array
  length = 0
  /** Whether the text ended within an escape: what it stands for is not known yet. */
  isWithinEscape = false
  /** Where it ended then. */
  stoppedAt = 0
  #code = 0
  #isBreak = false

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity)
    this.places = new Int32Array(capacity)
  }

  /** Reads a part of a text, from where a character begins. */
  read(text: Uint8Array, from: number, to: number, isLast: boolean): void {
    this.#makeRoom(to - from)
    const { bytes, places } = this
    let at = from
    let length = 0
    let flag = 0
    this.isWithinEscape = false
    while (at < to) {
      const byte = text[at] ?? 0
      if (SPECIAL[byte] === 0) {
        bytes[length] = byte
        places[length] = (at << 1) | flag
        length += 1
        flag = 0
        at += 1
        continue
      }
      const next = this.#token(text, at, to, isLast)
      if (next < 0) {
        this.isWithinEscape = !this.#isBreak
        this.stoppedAt = at
        break
      }
      if (this.#isBreak) flag = 1
      else {
        length = this.#put(this.#code, (at << 1) | flag, length)
        flag = 0
      }
      at = next
    }
    this.length = length
  }

  /** Where a byte stands in the text. */
  placeOf(index: number): number {
    return (this.places[index] ?? 0) >> 1
  }

  /** Where what stands for a byte ends in the text. */
  endOf(index: number, text: Uint8Array): number {
    const at = this.placeOf(index)
    return SPECIAL[text[at] ?? 0] === 0 ? at + 1 : this.#character(text, at, text.length, true)
  }

  beginsLine(index: number): boolean {
    return ((this.places[index] ?? 0) & 1) === 1
  }

  #makeRoom(length: number): void {
    if (length <= this.bytes.length) return
    this.bytes = new Uint8Array(length)
    this.places = new Int32Array(length)
  }

  #put(code: number, place: number, length: number): number {
    const { bytes, places } = this
    let end = length
    const put = (byte: number) => {
      bytes[end] = byte
      places[end] = place
      end += 1
    }
    if (code < 0x80 || code >= RAW_BYTE) put(code & 0xff)
    else if (code < 0x800) for (const byte of [0xc0 | (code >> 6), tail(code)]) put(byte)
    else if (code < 0x10000)
      for (const byte of [0xe0 | (code >> 12), tail(code >> 6), tail(code)]) put(byte)
    else
      for (const byte of [0xf0 | (code >> 18), tail(code >> 12), tail(code >> 6), tail(code)])
        put(byte)
    return end
  }

  /** Reads one character, or a break and what belongs to it. Gives where it ends, -1 where it does not. */
  #token(text: Uint8Array, at: number, to: number, isLast: boolean): number {
    this.#isBreak = false
    const next = this.#character(text, at, to, isLast)
    if (next < 0) return next
    if (this.#code === ESCAPE) {
      const end = endOfColour(text, next, to)
      if (end === next) return next
      this.#isBreak = true
      return end < 0 ? (isLast ? to : -1) : end
    }
    if (this.#code !== LF && this.#code !== CR) return next
    this.#isBreak = true
    return this.#lineBreak(text, next, to, isLast)
  }

  #lineBreak(text: Uint8Array, from: number, to: number, isLast: boolean): number {
    let at = this.#blanks(text, from, to, isLast)
    if (at < 0 || (at === to && !isLast)) return at < 0 ? at : -1
    let digits = at
    while (digits < to && digits - at < LINE_DIGITS && isDigit(text[digits] ?? 0)) digits += 1
    if (digits > at) {
      if (digits === to && !isLast) return -1
      const behind = this.#behindNumber(text, digits, to, isLast)
      if (behind < 0) return -1
      if (behind > digits) at = behind
    }
    this.#isBreak = true
    return at
  }

  /** Blanks and further breaks. */
  #blanks(text: Uint8Array, from: number, to: number, isLast: boolean): number {
    let at = from
    const most = Math.min(to, from + BREAK_BYTES)
    while (at < most) {
      const byte = text[at] ?? 0
      if (isBlank(byte)) at += 1
      else if (SPECIAL[byte] === 0) break
      else {
        const next = this.#character(text, at, to, isLast)
        this.#isBreak = true
        if (next < 0) return next
        if (!isBlank(this.#code)) break
        at = next
      }
    }
    return at
  }

  /** What stands between a line's number and the line: a tab, `|`, `:` or an arrow. */
  #behindNumber(text: Uint8Array, from: number, to: number, isLast: boolean): number {
    let at = from
    if (text[at] === BLANK) at += 1
    if (at >= to) return isLast ? from : -1
    const byte = text[at] ?? 0
    if (byte === TAB || byte === PIPE || byte === COLON) at += 1
    else if (byte === 0xe2) {
      if (at + 3 > to) return isLast ? from : -1
      at += 3
    } else if (byte === BACKSLASH) {
      const next = this.#character(text, at, to, isLast)
      this.#isBreak = true
      if (next < 0) return next
      if (this.#code !== TAB) return from
      at = next
    } else return from
    return text[at] === BLANK ? at + 1 : at
  }

  /** Reads one character, escaped or not, and gives where it ends; -1 where the text ends within it. */
  #character(text: Uint8Array, at: number, to: number, isLast: boolean): number {
    const byte = text[at] ?? 0
    this.#code = byte >= 0x80 ? RAW_BYTE | byte : byte
    if (byte === BACKSLASH) return this.#escaped(text, at, to, isLast)
    if (byte === PERCENT) {
      const next = this.#percent(text, at, to, isLast)
      return next > 0 && this.#code === BACKSLASH ? this.#escaped(text, at, to, isLast) : next
    }
    return at + 1
  }

  /** Backslashes, percent-encoded or not, and what they stand before. */
  #escaped(text: Uint8Array, from: number, to: number, isLast: boolean): number {
    let at = from
    for (let count = 0; count < BACKSLASHES && at < to; count += 1) {
      const byte = text[at] ?? 0
      if (byte === PERCENT) {
        const next = this.#percent(text, at, to, isLast)
        if (next < 0 || this.#code !== BACKSLASH) return next
        at = next
      } else if (byte === BACKSLASH) at += 1
      else break
    }
    if (at === to) return isLast ? to : -1
    const byte = text[at] ?? 0
    if (byte === LETTER_U) {
      this.#code = byte
      return this.#unicode(text, at, to, isLast)
    }
    this.#code = ESCAPED[byte] ?? (byte >= 0x80 ? RAW_BYTE | byte : byte)
    return at + 1
  }

  /** `\uXXXX`, from its `u` on; two of them where they are the halves of one character. */
  #unicode(text: Uint8Array, at: number, to: number, isLast: boolean): number {
    if (at + 5 > to) return isLast || !isHexSoFar(text, at + 1, to) ? at + 1 : -1
    const unit = hexAt(text, at + 1, 4)
    if (unit < 0) return at + 1
    this.#code = unit
    if (unit < 0xd800 || unit > 0xdbff) return at + 5
    let low = at + 5
    while (low < to && text[low] === BACKSLASH && low - at < 5 + BACKSLASHES) low += 1
    if (low + 5 > to) return isLast ? at + 5 : -1
    const second = low > at + 5 && text[low] === LETTER_U ? hexAt(text, low + 1, 4) : -1
    if (second < 0xdc00 || second > 0xdfff) return at + 5
    this.#code = 0x10000 + ((unit - 0xd800) << 10) + (second - 0xdc00)
    return low + 5
  }

  /** `%XX`, and `%25XX`: what was encoded twice. */
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
      this.#code = code >= 0x80 ? RAW_BYTE | code : code
      if (code !== PERCENT) break
    }
    return at
  }
}

/** A byte that is no character of its own. */
const RAW_BYTE = 0x1000000

/** Backslashes before one character: JSON in JSON, five deep. */
const BACKSLASHES = 32
const PERCENT_DEPTH = 3
/** Bytes of blanks and breaks between two lines of one secret: no more, for they are held back. */
const BREAK_BYTES = 64
const LINE_DIGITS = 7

const TAB = 0x09
const LF = 0x0a
const CR = 0x0d
const ESCAPE = 0x1b
const BLANK = 0x20
const PERCENT = 0x25
const COLON = 0x3a
const BACKSLASH = 0x5c
const LETTER_U = 0x75
const PIPE = 0x7c

const SPECIAL = new Uint8Array(256)
for (const byte of [LF, CR, ESCAPE, PERCENT, BACKSLASH]) SPECIAL[byte] = 1

const ESCAPED: Readonly<Record<number, number>> = { 110: LF, 114: CR, 116: TAB }

function tail(code: number): number {
  return 0x80 | (code & 0x3f)
}

function isBlank(byte: number): boolean {
  return byte === BLANK || byte === TAB || byte === LF || byte === CR
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

/** The end of `[…m`, the rest of a terminal's escape sequence; its beginning where it is none, -1 where it is not over. */
function endOfColour(text: Uint8Array, from: number, to: number): number {
  if (from === to) return -1
  if (text[from] !== 0x5b) return from
  for (let at = from + 1; at < from + BREAK_BYTES; at += 1) {
    if (at >= to) return -1
    const byte = text[at] ?? 0
    if (byte >= 0x40 && byte <= 0x7e) return at + 1
    if (byte < 0x20) return from
  }
  return from
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

const HEX = new Int8Array(256).fill(-1)
for (const [value, digit] of [...'0123456789abcdef'].entries()) {
  HEX[digit.charCodeAt(0)] = value
  HEX[digit.toUpperCase().charCodeAt(0)] = value
}

/** A short text in its normal form. */
export function normalForm(text: Uint8Array): Uint8Array {
  const form = new NormalForm(text.length)
  form.read(text, 0, text.length, true)
  return form.bytes.slice(0, form.length)
}
