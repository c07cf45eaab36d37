import { type Beginnings, HASH_SHIFT, hashOfThree, mayBegin, noBeginnings } from './beginnings.js'
import { BLANKS, KINDS, MARKS, PLAIN, SHORT_ESCAPES, SPECIAL } from './byte-kinds.js'
import {
  BACKSLASH,
  BLANK,
  COLON,
  CR,
  ESCAPE,
  GREATER,
  LEFT_BRACKET,
  LETTER_L,
  LETTER_N,
  LF,
  MINUS,
  PERCENT,
  PIPE,
  PLUS,
  SLASH,
  TAB,
} from './byte-names.js'
import { CharacterReader, RAW_BYTE } from './character-reader.js'
import { HEX } from './digits.js'
import { COLOUR, LINE, PARAGRAPH } from './lines.js'
import type { SearchIndex } from './search-index.js'
import { openWideRun, type WideRun } from './wide-run.js'
import { BYTES, CANDIDATES, LINE_BYTE, RUNS, WIDE_BYTES, ZERO_AT } from './wide-run-memory.js'

/**
 * A text without what writers put around the characters of a secret: JSON escapes at any depth,
 * percent-encoding, line breaks with what precedes the next line (indentation, its number, the
 * marks of a diff, a quotation or a comment), a shell's line continuations, terminal colours, the
 * zeros of UTF-16. Searching this form finds a secret in one pass, however it is spelled or
 * wrapped.
 */
export class NormalForm {
  bytes: Uint8Array
  length = 0
  /** Offsets of four bytes with which something searched for may begin. */
  candidates: Int32Array
  candidateCount = 0
  /** Whether the text ended within an escape, whose meaning is therefore unknown. */
  isWithinEscape = false
  /** Whether it ended within a line break, or within what precedes a line. */
  isWithinBreak = false
  /** Where the escape or break at the end begins. */
  stoppedAt = 0
  readonly #characters = new CharacterReader()
  #isBreak = false
  #isNothing = false
  /** The first byte of the line being read, if known. */
  #lineByte = 0
  /** How many bytes had been read when a zero of UTF-16 was left out. */
  #zeroAt = -1
  /**
   * Runs of bytes that are unescaped in the text: the first byte of each, and its place in the
   * text.
   */
  #runs: Int32Array = new Int32Array(FEW_RUNS)
  #places: Int32Array = new Int32Array(FEW_RUNS)
  #runCount = 0
  /** For each byte, whether a line begins with it (`lines.ts`). */
  lines: Uint8Array
  #wide: WideRun | 'none' | undefined

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity)
    this.candidates = new Int32Array(capacity)
    this.lines = new Uint8Array(capacity + 1)
  }

  /**
   * Reads a part of a text, which must start at a character.
   *
   * @param beginnings of what is searched for.
   */
  read(
    text: Uint8Array,
    from: number,
    to: number,
    isLast: boolean,
    beginnings: Beginnings = NONE_BEGINS,
  ): void {
    const wide = this.#makeRoom(to - from)
    wide?.take(text, from, to, beginnings)
    const { bytes, candidates } = this
    let at = from
    let length = 0
    candidateCount = 0
    this.isWithinEscape = false
    this.isWithinBreak = false
    this.#lineByte = text[from] ?? 0
    this.#zeroAt = -1
    this.#run(0, from)
    while (at < to) {
      if (wide !== undefined && to - at >= WIDE) {
        const { state } = wide
        state[BYTES] = length
        state[CANDIDATES] = candidateCount
        state[RUNS] = this.#runCount
        state[LINE_BYTE] = this.#lineByte
        state[ZERO_AT] = this.#zeroAt
        at = from + wide.run(at - from, to - from)
        length = state[BYTES] ?? 0
        candidateCount = state[CANDIDATES] ?? 0
        this.#runCount = state[RUNS] ?? 0
        this.#lineByte = state[LINE_BYTE] ?? 0
        this.#zeroAt = state[ZERO_AT] ?? -1
        if (at === to) break
      }
      if (SPECIAL[text[at] ?? 0] === 0) {
        const end = plainRun(text, at, to, bytes, length, candidates, beginnings)
        length += end - at
        at = end
        if (at === to) break
      }
      const line = nextLine(text, at, to)
      if (line > 0) {
        this.#line(length)
        this.#run(length, line)
        this.#lineByte = text[line] ?? 0
        at = line
        continue
      }
      if (isOfUtf16(text, at, to)) {
        for (; isOfUtf16(text, at, to); at += 2) {
          this.#zeroAt = length
          this.#run(length, at + 1)
          bytes[length] = text[at + 1] ?? 0
          noteCandidate(candidates, bytes, length - 3, beginnings)
          length += 1
        }
        this.#run(length, at)
        continue
      }
      if (text[at] === 0 && text[at + 1] === 0 && at + 1 < to) {
        const end = endOfZeros(text, at, to)
        bytes.fill(0, length, length + end - at)
        length += end - at
        at = end
        continue
      }
      const short = shortEscape(text, at, to)
      if (short > 0) {
        this.#run(length, at)
        bytes[length] = short & 0xff
        noteCandidate(candidates, bytes, length - 3, beginnings)
        length += 1
        at += short >> 8
        this.#run(length, at)
        continue
      }
      const next = this.#token(text, at, to, isLast, length)
      if (next < 0) {
        this.isWithinEscape = !this.#isBreak
        this.isWithinBreak = this.#isBreak
        this.stoppedAt = at
        break
      }
      if (this.#isNothing) {
        // Nothing to write.
      } else if (this.#isBreak) {
        this.#line(length)
      } else {
        const end = this.#put(this.#characters.code, at, length)
        for (; length < end; length += 1) noteCandidate(candidates, bytes, length - 3, beginnings)
      }
      at = next
      this.#run(length, at)
    }
    this.length = length
    this.candidateCount = candidateCount
  }

  /** Returns the place in the text of a byte. */
  placeOf(index: number): number {
    let low = 0
    let high = this.#runCount - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#runs[middle] ?? 0) <= index) low = middle
      else high = middle - 1
    }
    return (this.#places[low] ?? 0) + index - (this.#runs[low] ?? 0)
  }

  /** Returns the first byte at or after a place in the text. */
  indexOf(place: number): number {
    let low = 0
    let high = this.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.placeOf(middle) < place) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Returns where the spelling of a byte ends in the text. */
  endOf(index: number, text: Uint8Array): number {
    const at = this.placeOf(index)
    return SPECIAL[text[at] ?? 0] === 0
      ? at + 1
      : this.#characters.read(text, at, text.length, true)
  }

  /** Notes what begins, behind as many line ends as were counted. */
  #line(length: number): void {
    const kind = lineEnds < 0 ? COLOUR : lineEnds > 1 ? LINE | PARAGRAPH : LINE
    this.lines[length] = (this.lines[length] ?? 0) | kind
  }

  // Of two runs at one byte, the first is empty and is replaced.
  #run(index: number, place: number): void {
    let count = this.#runCount
    if (count > 0 && this.#runs[count - 1] === index) count -= 1
    if (count === this.#runs.length) {
      this.#runs = grown(this.#runs)
      this.#places = grown(this.#places)
    }
    this.#runs[count] = index
    this.#places[count] = place
    this.#runCount = count + 1
  }

  /** Finds and decodes encoded text in it; undefined if nothing can do so fast. */
  get wide(): WideRun | undefined {
    const wide = this.#wide
    return wide === 'none' || this.bytes !== wide?.bytes ? undefined : wide
  }

  /** Where many candidates are, drops those at which certainly nothing is found. */
  check(index: SearchIndex): void {
    if (this.candidateCount * FEW_CANDIDATES < this.length) return
    const { wide } = this
    if (wide !== undefined)
      this.candidateCount = wide.check(index, this.candidateCount, this.length)
  }

  /** Makes room for a text, and returns the fast reader if the text is worth it. */
  #makeRoom(length: number): WideRun | undefined {
    this.lines.fill(0, 0, this.length + 1)
    this.#runCount = 0
    if (length >= LONG && length <= WIDE_BYTES) {
      this.#wide ??= openWideRun(KINDS) ?? 'none'
      if (this.#wide !== 'none') {
        this.bytes = this.#wide.bytes
        this.candidates = this.#wide.candidates
        this.lines = this.#wide.lines
        this.#runs = this.#wide.runs
        this.#places = this.#wide.places
        return this.#wide
      }
    }
    if (length >= this.bytes.length) {
      this.bytes = new Uint8Array(length + 1)
      this.candidates = new Int32Array(length + 1)
      this.lines = new Uint8Array(length + 1)
    }
    return undefined
  }

  /** Writes a character as its bytes, all from the same place. */
  #put(code: number, place: number, length: number): number {
    const { bytes } = this
    if (code < 0x80 || code >= RAW_BYTE) {
      this.#run(length, place)
      bytes[length] = code & 0xff
      return length + 1
    }
    let end = length
    const put = (byte: number) => {
      this.#run(end, place)
      bytes[end] = byte
      end += 1
    }
    if (code < 0x800) for (const byte of [0xc0 | (code >> 6), tail(code)]) put(byte)
    else if (code < 0x10000)
      for (const byte of [0xe0 | (code >> 12), tail(code >> 6), tail(code)]) put(byte)
    else
      for (const byte of [0xf0 | (code >> 18), tail(code >> 12), tail(code >> 6), tail(code)])
        put(byte)
    return end
  }

  /**
   * Reads one character, or a break and what belongs to it. Returns its end; -1 if it is
   * incomplete.
   */
  #token(text: Uint8Array, at: number, to: number, isLast: boolean, length: number): number {
    this.#isBreak = false
    this.#isNothing = false
    const next = this.#characters.read(text, at, to, isLast)
    if (next < 0) return next
    if (this.#characters.code === 0) return this.#zero(text, next, to, isLast, length)
    if (this.#characters.code === ESCAPE) {
      const end = endOfColour(text, next, to)
      if (end === next) return next
      // What comes of an escape that is cut off would be taken for a part of the text.
      if (end < 0 && !isLast) return -1
      this.#isBreak = true
      lineEnds = -1
      return end < 0 ? to : end
    }
    if (this.#characters.code !== LF && this.#characters.code !== CR) return next
    lineEnds = this.#characters.code === LF ? 1 : 0
    this.#isBreak = true
    return this.#lineBreak(text, next, to, isLast)
  }

  /**
   * Decides whether a zero belongs to UTF-16: then another zero is two characters away, with none
   * between them.
   */
  #zero(text: Uint8Array, next: number, to: number, isLast: boolean, length: number): number {
    const isBehindOne = this.#zeroAt === length - 1 && length > 0
    const second = next < to ? this.#characters.read(text, next, to, isLast) : isLast ? to : -1
    const isOfOne = next < to && this.#characters.code !== 0
    const third =
      second >= 0 && second < to
        ? this.#characters.read(text, second, to, isLast)
        : isLast
          ? to
          : -1
    const isBeforeOne = second >= 0 && second < to && third >= 0 && this.#characters.code === 0
    this.#characters.code = 0
    this.#isNothing = isBehindOne || (isOfOne && isBeforeOne)
    if (this.#isNothing) this.#zeroAt = length
    else if (third < 0) return -1
    return next
  }

  #lineBreak(text: Uint8Array, from: number, to: number, isLast: boolean): number {
    let at = this.#blanks(text, from, to, isLast)
    if (at < 0 || (at === to && !isLast)) return at < 0 ? at : -1
    const before = this.#lineByte
    this.#lineByte = text[at] ?? 0
    let digits = at
    if (text[at] === LETTER_L) digits += 1
    while (digits < to && digits - at < LINE_DIGITS && isDigit(text[digits] ?? 0)) digits += 1
    if (digits > at) {
      if (digits === to && !isLast) return -1
      const behind = this.#behindNumber(text, digits, to, isLast)
      if (behind < 0) return -1
      if (behind > digits) at = behind
    }
    this.#isBreak = true
    return behindMarks(text, at, to, isLast, before)
  }

  /** Skips spaces and further breaks. */
  #blanks(text: Uint8Array, from: number, to: number, isLast: boolean): number {
    let at = from
    const most = Math.min(to, from + BREAK_BYTES)
    while (at < most) {
      const byte = text[at] ?? 0
      if (isBlank(byte)) {
        at += 1
        if (byte === LF) lineEnds += 1
      } else if (SPECIAL[byte] === 0) break
      else {
        const next = this.#characters.read(text, at, to, isLast)
        this.#isBreak = true
        if (next < 0) return next
        if (!isBlank(this.#characters.code)) break
        if (this.#characters.code === LF) lineEnds += 1
        at = next
      }
    }
    return at
  }

  /** Skips what is between a line's number and the line: a tab, `|`, `:` or an arrow. */
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
      const next = this.#characters.read(text, at, to, isLast)
      this.#isBreak = true
      if (next < 0) return next
      if (this.#characters.code !== TAB) return from
      at = next
    } else return from
    return text[at] === BLANK ? at + 1 : at
  }
}

const NONE_BEGINS = noBeginnings()

const FEW_RUNS = 1024

/** One candidate for so many bytes is not worth a closer look. */
const FEW_CANDIDATES = 128

/**
 * How many bytes the WebAssembly program reads at once, and how long a text must be to be worth it.
 */
const WIDE = 16
const LONG = 128

function grown(numbers: Int32Array): Int32Array {
  const more = new Int32Array(numbers.length * 2)
  more.set(numbers)
  return more
}

/** Of the text being read. */
let candidateCount = 0
/** Of the break that was read last; -1 if it is a colour. */
let lineEnds = 0

/** Notes an offset at which something searched for may begin, once four bytes are there. */
function noteCandidate(
  candidates: Int32Array,
  bytes: Uint8Array,
  at: number,
  beginnings: Beginnings,
): void {
  if (!mayBegin(beginnings, bytes, at)) return
  candidates[candidateCount] = at
  candidateCount += 1
}

/**
 * Copies bytes that stand for themselves, and notes what may begin in them. Most of the time of
 * scrubbing is spent here, so it is a function of its own, which the compiler optimizes well.
 *
 * @returns the first place that needs decoding.
 */
function plainRun(
  text: Uint8Array,
  from: number,
  to: number,
  bytes: Uint8Array,
  start: number,
  candidates: Int32Array,
  beginnings: Beginnings,
): number {
  const special = SPECIAL
  const { threes } = beginnings
  // Of the three bytes before the next one.
  let hash = hashOfThree(bytes, start - 3)
  let length = start
  let at = from
  // Four at a time, as long as none of them is special.
  for (const most = to - 3; at < most; at += 4) {
    const one = text[at] ?? 0
    const two = text[at + 1] ?? 0
    const three = text[at + 2] ?? 0
    const four = text[at + 3] ?? 0
    const specials = (special[one] ?? 0) | (special[two] ?? 0) | (special[three] ?? 0)
    if ((specials | (special[four] ?? 0)) !== 0) break
    const first = ((hash << HASH_SHIFT) ^ one) & 0xffff
    const second = ((first << HASH_SHIFT) ^ two) & 0xffff
    const third = ((second << HASH_SHIFT) ^ three) & 0xffff
    bytes[length] = one
    bytes[length + 1] = two
    bytes[length + 2] = three
    bytes[length + 3] = four
    const begins = (threes[hash] ?? 0) | (threes[first] ?? 0) | (threes[second] ?? 0)
    if ((begins | (threes[third] ?? 0)) !== 0)
      for (let back = 3; back >= 0; back -= 1)
        noteCandidate(candidates, bytes, length - back, beginnings)
    hash = ((third << HASH_SHIFT) ^ four) & 0xffff
    length += 4
  }
  for (; at < to; at += 1) {
    const byte = text[at] ?? 0
    if (special[byte] === 1) break
    bytes[length] = byte
    if (threes[hash] === 1) noteCandidate(candidates, bytes, length - 3, beginnings)
    hash = ((hash << HASH_SHIFT) ^ byte) & 0xffff
    length += 1
  }
  return at
}

/**
 * Bytes of spaces and breaks between two lines of one secret; limited because they are held back.
 */
const BREAK_BYTES = 64
const LINE_DIGITS = 7

/**
 * Returns the first byte of a line after the marks of a diff, a quotation or a comment. Marks that
 * are also base64 characters count only before a space, or if the line before begins with the same
 * one.
 */
function behindMarks(
  text: Uint8Array,
  from: number,
  to: number,
  isLast: boolean,
  before: number,
): number {
  let at = from
  while (at < to && at - from < BREAK_BYTES && text[at] === GREATER)
    at = text[at + 1] === BLANK ? at + 2 : at + 1
  if (at > from) return at < to || isLast ? Math.min(at, to) : -1
  const byte = text[at] ?? 0
  if (PLAIN[byte] === 1 || MARKS[byte] === 0) return at
  const end = byte === SLASH && text[at + 1] === SLASH ? at + 2 : at + 1
  if (end >= to) return isLast ? at : -1
  if (text[end] === BLANK) return end + 1
  return (byte === PLUS || byte === MINUS) && byte === before ? end : at
}

/** Returns whether a character that stands for itself is between two zeros. */
function isOfUtf16(text: Uint8Array, at: number, to: number): boolean {
  if (text[at] !== 0 || at + 2 >= to || text[at + 2] !== 0) return false
  return SPECIAL[text[at + 1] ?? 0] === 0
}

function endOfZeros(text: Uint8Array, from: number, to: number): number {
  let end = from + 1
  while (end < to && text[end] === 0) end += 1
  return end
}

/**
 * Returns where the next line begins after the usual form of break and indentation; 0 if it needs
 * the full reader.
 */
function nextLine(text: Uint8Array, at: number, to: number): number {
  const byte = text[at]
  let next = at + 1
  lineEnds = byte === CR ? 0 : 1
  if (byte === BACKSLASH) {
    if (text[next] !== LETTER_N) return 0
    next += 1
  } else if (byte !== LF && byte !== CR) return 0
  const most = Math.min(to, next + BREAK_BYTES)
  for (; next < most && BLANKS[text[next] ?? 0] === 1; next += 1)
    if (text[next] === LF) lineEnds += 1
  return next < most && PLAIN[text[next] ?? 0] === 1 ? next : 0
}

/**
 * Reads the usual forms of escape: a backslash before a quote, a slash or `t`, or `%` with two
 * digits.
 *
 * @returns the character, and the length of the escape from bit 8 on; 0 if it needs the full
 * reader.
 */
function shortEscape(text: Uint8Array, at: number, to: number): number {
  const byte = text[at]
  if (byte === BACKSLASH) return at + 1 < to ? (SHORT_ESCAPES[text[at + 1] ?? 0] ?? 0) : 0
  if (byte !== PERCENT || at + 2 >= to) return 0
  const high = HEX[text[at + 1] ?? 0] ?? -1
  const low = HEX[text[at + 2] ?? 0] ?? -1
  if (high < 0 || low < 0) return 0
  const code = (high << 4) | low
  return SPECIAL[code] === 1 || code === 0 ? 0 : (3 << 8) | code
}

function tail(code: number): number {
  return 0x80 | (code & 0x3f)
}

function isBlank(byte: number): boolean {
  return byte === BLANK || byte === TAB || byte === LF || byte === CR
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

/**
 * Returns the end of `[…m`, the rest of a terminal's escape sequence; its start if it is not one,
 * -1 if it is incomplete.
 */
function endOfColour(text: Uint8Array, from: number, to: number): number {
  if (from === to) return -1
  if (text[from] !== LEFT_BRACKET) return from
  for (let at = from + 1; at < from + BREAK_BYTES; at += 1) {
    if (at >= to) return -1
    const byte = text[at] ?? 0
    if (byte >= 0x40 && byte <= 0x7e) return at + 1
    if (byte < 0x20) return from
  }
  return from
}

/** Returns a short text in normal form. */
export function normalForm(text: Uint8Array): Uint8Array {
  const form = new NormalForm(text.length)
  form.read(text, 0, text.length, true)
  return form.bytes.slice(0, form.length)
}
