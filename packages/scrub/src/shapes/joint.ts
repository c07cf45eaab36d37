import {
  AMPERSAND,
  BACKTICK,
  BLANK,
  CARET,
  EQUALS,
  GREATER,
  LEFT_BRACKET,
  LESS,
  LETTER_K,
  LETTER_M,
  PLUS,
  SEMICOLON,
  SLASH,
} from '../byte-names.js'
import { HEX } from '../digits.js'
import { LINE, PARAGRAPH } from '../lines.js'
import type { Readable } from './verdict.js'

/** What stands between two parts of a secret, or stands for one of its characters. */
export type Joint = {
  /** Where the secret goes on. */
  to: number
  /** The character that it stands for; -1 if none. */
  code: number
  /** Whether it may as well separate two texts: then only the look of the second can tell. */
  isDoubtful: boolean
}

/**
 * Reads what writers put between the parts of a text, or in place of a character, and what a normal
 * form leaves as it is, because anywhere but in a secret it means something else: strings that
 * source code joins, the frame of a box, the soft line ends of a mail, markup, invisible characters,
 * colours of a terminal that are written out.
 *
 * @param of the characters with which the secret can go on.
 */
export function jointAt(of: Uint8Array, text: Readable, at: number): Joint | 'none' | 'more' {
  let here = at
  let isDoubtful = false
  for (let count = 0; count < MOST_IN_A_ROW; count += 1) {
    const joint = oneAt(text, here)
    if (joint === 'none') return 'none'
    if (joint === 'more') return text.isLast ? 'none' : 'more'
    isDoubtful ||= joint.isDoubtful
    const { to, code } = joint
    if (code >= 0) return of[code] === 1 ? { to, code, isDoubtful } : 'none'
    if (to >= text.length) return text.isLast ? 'none' : 'more'
    if (of[text.bytes[to] ?? 0] === 1) return { to, code, isDoubtful }
    here = to
  }
  return 'none'
}

/** Returns whether a joint can begin with a byte. */
export function mayJoin(byte: number): boolean {
  return BEGINS[byte] === 1
}

/** Returns whether a byte can stand between the quotes of two strings that are joined. */
export function joinsStrings(byte: number): boolean {
  return JOINS[byte] === 1
}

/** Of colours or tags, one ends and another begins. */
const MOST_IN_A_ROW = 4

const BEGINS = new Uint8Array(256)
for (const character of '"\'`&<^=+ ') BEGINS[character.charCodeAt(0)] = 1
for (const byte of [0xc2, 0xe2, 0xef]) BEGINS[byte] = 1

function oneAt(text: Readable, at: number): Joint | 'none' | 'more' {
  const { bytes, length, lines } = text
  if (at + 1 >= length) return 'more'
  const byte = bytes[at] ?? 0
  switch (byte) {
    case AMPERSAND:
      return entity(text, at)
    case LESS:
      return tag(text, at)
    case CARET:
      return writtenColour(text, at)
    case EQUALS:
    case PLUS:
      // Quoted-printable, and a table of psql.
      return lines[at + 1] === LINE ? { to: at + 1, code: -1, isDoubtful: false } : 'none'
    case BLANK:
      return frame(text, at)
    default:
      if (isQuote(byte)) return strings(text, at)
      return invisible(text, at) ?? frame(text, at)
  }
}

/** Reads `&amp;`, `&#43;` or `&#x2B;`, also if it was escaped twice. */
function entity({ bytes, length }: Readable, at: number): Joint | 'none' | 'more' {
  let here = at + 1
  let name = ''
  while (here < length && here - at < LONGEST_ENTITY) {
    const byte = bytes[here] ?? 0
    here += 1
    if (byte !== SEMICOLON) name += String.fromCharCode(byte)
    else if (name === 'amp' && bytes[here] === HASH) name = ''
    else {
      const code = NAMED[name] ?? numbered(name)
      return code > 0 && code < 0x80 ? { to: here, code, isDoubtful: false } : 'none'
    }
  }
  return here < length ? 'none' : 'more'
}

const LONGEST_ENTITY = 16

const NAMED: Readonly<Record<string, number>> = {
  ...{ amp: 0x26, lt: 0x3c, gt: 0x3e, quot: 0x22, apos: 0x27 },
  ...{ plus: 0x2b, equals: 0x3d, sol: 0x2f, lowbar: 0x5f, period: 0x2e },
}

function numbered(name: string): number {
  const [, hex, decimal] = /^#(?:[xX]([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name) ?? []
  return hex === undefined ? Number(decimal ?? -1) : Number.parseInt(hex, 16)
}

/** Reads a tag that stands within a word: where it may be broken, or of which colour it is. */
function tag({ bytes, length }: Readable, at: number): Joint | 'none' | 'more' {
  let here = bytes[at + 1] === SLASH ? at + 2 : at + 1
  const from = here
  let name = 0
  for (; here < length && here - from < LONGEST_NAME && isLetter(bytes[here] ?? 0); here += 1)
    name = withLetter(name, bytes[here] ?? 0)
  if (here >= length) return 'more'
  if (!INLINE.has(name)) return 'none'
  while (here < length && here - at < LONGEST_TAG && bytes[here] !== GREATER) here += 1
  if (here >= length) return 'more'
  if (bytes[here] !== GREATER) return 'none'
  return { to: here + 1, code: -1, isDoubtful: name !== WBR }
}

const LONGEST_TAG = 120

/** Roughly: only beyond it something that must come later is too far away. */
export const LONGEST_JOINT = 320
/** Letters of a tag's name: one that is longer is none of these. */
const LONGEST_NAME = 8

/** Adds a letter of either case to a name, as five bits of a number: such a name makes no string. */
function withLetter(name: number, letter: number): number {
  return name * 32 + (letter & 31)
}

const INLINE = new Set(
  ['wbr', 'br', 'span', 'b', 'i', 'em', 'strong', 'mark', 'font', 'ins'].map(nameOf),
)
const WBR = nameOf('wbr')

function nameOf(word: string): number {
  return Array.from(word, (letter) => letter.charCodeAt(0)).reduce(withLetter, 0)
}

/** Reads `^[[31m`, as `cat -v` writes a colour. */
function writtenColour({ bytes, length }: Readable, at: number): Joint | 'none' | 'more' {
  if (bytes[at + 1] !== LEFT_BRACKET) return 'none'
  if (at + 3 >= length) return 'more'
  if (bytes[at + 2] !== LEFT_BRACKET) return 'none'
  const end = endOfColour(bytes, at + 3, length)
  return end < 0 ? 'more' : end === 0 ? 'none' : { to: end, code: -1, isDoubtful: false }
}

function endOfColour(bytes: Uint8Array, from: number, length: number): number {
  for (let at = from; at < from + LONGEST_COLOUR; at += 1) {
    if (at >= length) return -1
    const byte = bytes[at] ?? 0
    if (byte === LETTER_M || byte === LETTER_K) return at + 1
    if (byte !== SEMICOLON && !isDigit(byte)) return 0
  }
  return 0
}

const LONGEST_COLOUR = 20

/** Reads what is between two strings that source code joins: the second is on a line of its own or behind a sign. */
function strings({ bytes, length, lines }: Readable, at: number): Joint | 'none' | 'more' {
  let here = at + 1
  // A line of a shell of Windows that goes on.
  if (lines[here] === LINE && !isQuote(bytes[here] ?? 0) && bytes[at] === BACKTICK)
    return { to: here, code: -1, isDoubtful: true }
  while (here < length && here - at < BETWEEN && JOINS[bytes[here] ?? 0] === 1) here += 1
  if (here >= length) return 'more'
  if (!isQuote(bytes[here] ?? 0)) return 'none'
  return { to: here + 1, code: -1, isDoubtful: true }
}

/** Most of them indent the second string. */
const BETWEEN = 120
const JOINS = new Uint8Array(256)
for (const character of ' \t+.&\\') JOINS[character.charCodeAt(0)] = 1

/** Reads the frame of a box at the end of a line and at the beginning of the next. */
function frame({ bytes, length, lines }: Readable, at: number): Joint | 'none' | 'more' {
  let here = at
  let isLine = false
  for (let bars = 0; here - at < WIDEST_BOX; ) {
    if (here + 2 >= length) return 'more'
    const begins = (lines[here] ?? 0) & (LINE | PARAGRAPH)
    if (begins !== 0) {
      if (begins !== LINE || isLine) return 'none'
      isLine = true
    }
    if (bytes[here] === BLANK) here += 1
    else if (isBar(bytes, here)) {
      bars += 1
      here += 3
    } else return isLine && bars > 0 ? { to: here, code: -1, isDoubtful: true } : 'none'
  }
  return 'none'
}

const WIDEST_BOX = 300

/** Returns whether a vertical line begins at a place: `│`, `┃` or `║`. */
function isBar(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== 0xe2) return false
  const last = bytes[at + 2]
  if (bytes[at + 1] === 0x94) return last === 0x82 || last === 0x83
  return bytes[at + 1] === 0x95 && last === 0x91
}

/** Reads a character that is not seen: a place to break a word, a mark of the order of bytes. */
function invisible({ bytes, length }: Readable, at: number): Joint | 'more' | undefined {
  const size = bytes[at] === 0xc2 ? 2 : 3
  if (at + size > length) return 'more'
  const code = ((bytes[at + 1] ?? 0) << 8) | (size === 3 ? (bytes[at + 2] ?? 0) : 0)
  const isHere = INVISIBLE[bytes[at] ?? 0]?.includes(code) === true
  return isHere ? { to: at + size, code: -1, isDoubtful: false } : undefined
}

/** By its first byte, the others: the soft hyphen, four of no width, the byte order mark. */
const INVISIBLE: Readonly<Record<number, readonly number[]>> = {
  194: [0xad00],
  226: [0x808b, 0x808c, 0x808d, 0x81a0],
  239: [0xbbbf],
}

/**
 * Returns whether the letter or digit before a place belongs to a spelling, and not to a word: the
 * colour of a terminal without its first character, or quoted-printable.
 */
export function isBehindSpelling(bytes: Uint8Array, at: number): boolean {
  const last = bytes[at - 1] ?? 0
  if (at > 2 && bytes[at - 3] === EQUALS) {
    const [high, low] = [bytes[at - 2] ?? 0, last]
    // Of a character, not of a byte of one: that would be a number, or a word.
    if (high >= 0x32 && high <= 0x37 && (HEX[low] ?? -1) >= 0 && low < 0x61) return true
  }
  if (last !== LETTER_M && last !== LETTER_K) return false
  let from = at - 2
  while (from > 0 && at - from < LONGEST_COLOUR && isOfColour(bytes[from] ?? 0)) from -= 1
  return bytes[from] === LEFT_BRACKET
}

function isOfColour(byte: number): boolean {
  return byte === SEMICOLON || isDigit(byte)
}

function isLetter(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

function isQuote(byte: number): boolean {
  return byte === 0x22 || byte === 0x27 || byte === BACKTICK
}

const HASH = 0x23
