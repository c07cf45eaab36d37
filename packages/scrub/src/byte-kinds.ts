import {
  BACKSLASH,
  BLANK,
  CR,
  ESCAPE,
  LETTER_L,
  LETTER_N,
  LETTER_R,
  LETTER_T,
  LETTER_U,
  LETTER_X,
  LF,
  PERCENT,
  TAB,
} from './byte-names.js'
import { HEX } from './digits.js'
import { INNER_KINDS } from './inner-seek.js'
import { BREAK, UNICODE } from './wide-run-memory.js'

/** Bytes that do not stand for themselves, or may not. */
export const SPECIAL = new Uint8Array(256)
for (const byte of [0, LF, CR, ESCAPE, PERCENT, BACKSLASH]) SPECIAL[byte] = 1

/** Spaces and breaks; and bytes that start neither a line's number nor an escape. */
export const BLANKS = new Uint8Array(256)
for (const byte of [TAB, LF, CR, BLANK]) BLANKS[byte] = 1
export const PLAIN = new Uint8Array(256).fill(1)
for (const byte of [0, TAB, LF, CR, BLANK, ESCAPE, PERCENT, BACKSLASH, LETTER_L]) PLAIN[byte] = 0
for (const mark of '+-#*|/>') PLAIN[mark.charCodeAt(0)] = 0
for (let digit = 0x30; digit <= 0x39; digit += 1) PLAIN[digit] = 0

/** The marks of a diff, a list, a quotation or a comment. */
export const MARKS = new Uint8Array(256)
for (const mark of '+-#*|/') MARKS[mark.charCodeAt(0)] = 1

/**
 * What a byte after a backslash stands for in the usual escapes, with the length of the escape from
 * bit 8 on.
 */
export const SHORT_ESCAPES = new Int32Array(256)
for (const character of '"\'/123456789bf') {
  const code = character.charCodeAt(0)
  SHORT_ESCAPES[code] = (2 << 8) | code
}
SHORT_ESCAPES[0x74] = (2 << 8) | TAB

/** Returns what a byte after a backslash stands for, if it is a usual escape; otherwise 0. */
export function shortEscapeOf(byte: number): number {
  return (SHORT_ESCAPES[byte] ?? 0) & 0xff
}

/**
 * What every byte after a backslash stands for, for the WebAssembly program that reads most of a
 * text.
 */
const ESCAPED_KINDS = Uint8Array.from({ length: 256 }, (_, byte) => byte)
for (const byte of [0, BREAK, UNICODE, ESCAPE, PERCENT, LETTER_X]) ESCAPED_KINDS[byte] = 0
for (const byte of [LF, CR, LETTER_N, LETTER_R]) ESCAPED_KINDS[byte] = BREAK
ESCAPED_KINDS[LETTER_T] = TAB
ESCAPED_KINDS[LETTER_U] = UNICODE

/** The tables that the WebAssembly program reads. */
export const KINDS = {
  special: SPECIAL,
  escaped: ESCAPED_KINDS,
  blank: BLANKS,
  plain: PLAIN,
  mark: MARKS,
  hex: HEX,
  inner: INNER_KINDS,
}

/** Returns whether all bytes of a range stand for themselves. */
export function isPlain(text: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (SPECIAL[text[at] ?? 0] === 1) return false
  return true
}

/**
 * Returns whether a byte after a line break is not part of the break: not a space, a line's number
 * or an escape.
 */
export function isPlainBegin(byte: number): boolean {
  return PLAIN[byte] === 1
}

/** Bytes of the longest escape of one character, counting those after its first. */
export const LONGEST_ESCAPE = 8

/**
 * Returns a place, at or before the given one, that is not within an escape.
 *
 * @param least the lower bound; returned if there is no such place nearby.
 */
export function betweenCharacters(text: Uint8Array, at: number, least: number): number {
  const most = Math.max(least, at - NEAR)
  for (let place = at; place > most; place -= 1)
    if (isPlain(text, Math.max(least, place - LONGEST_ESCAPE), place)) return place
  return least
}

const NEAR = 64
