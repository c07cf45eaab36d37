import type { Readable, Verdict } from './verdict.js'

/** What a private key in PEM begins with; certificates and public keys do, too. */
export const PEM_ANCHOR = '-----BEGIN '

/**
 * Returns whether a private key begins at a place, and where it ends: with its last line or, if it
 * is cut off, with the last of what is there. What precedes each of its lines (a number, `+`, `>`)
 * is part of it.
 */
export function matchPem({ bytes, length, isLast }: Readable, at: number): Verdict {
  let here = at + PEM_ANCHOR.length
  const label = here
  while (here < length && here - label < LABEL && isLabel(bytes[here] ?? 0)) here += 1
  if (here + DASHES > length) return isLast || here - label >= LABEL ? 'no' : 'more'
  if (!hasDashes(bytes, here) || !isPrivate(bytes, label, here)) return 'no'
  here += DASHES
  let letters = 0
  let lastLetter = here
  for (; here < length && here - at < LONGEST_PEM; here += 1) {
    const byte = bytes[here] ?? 0
    if (byte === DASH) {
      if (here + DASHES > length) break
      if (hasDashes(bytes, here))
        return closing(bytes, length, isLast, at, here, lastLetter, letters)
    }
    if (isQuote(byte)) {
      const next = nextString(bytes, here, length)
      if (next === 'more' && !isLast) return 'more'
      if (typeof next === 'string') return cut(at, lastLetter, letters)
      here = next
      continue
    }
    if (MIDDLE[byte] === 0) return cut(at, lastLetter, letters)
    if (MIDDLE[byte] === 2) {
      letters += 1
      lastLetter = here + 1
    }
  }
  return isLast || here - at >= LONGEST_PEM ? cut(at, lastLetter, letters) : 'more'
}

/**
 * If source code builds the key from strings, one per line: returns the quote that opens the next
 * string. It belongs to the key if it begins with a line of base64 or with dashes.
 */
function nextString(bytes: Uint8Array, quote: number, length: number): number | 'none' | 'more' {
  let at = quote + 1
  while (at < length && at - quote < BETWEEN && isBetween(bytes[at] ?? 0)) at += 1
  if (at >= length) return 'more'
  if (!isQuote(bytes[at] ?? 0)) return 'none'
  const from = at + 1
  let end = from
  while (end < length && end - from < LINE && MIDDLE[bytes[end] ?? 0] === 2) end += 1
  if (end - from >= LINE) return at
  // The last line can have any length: dashes follow, in the next string.
  for (let near = end; near < end + BETWEEN; near += 1) {
    if (near >= length) return 'more'
    const byte = bytes[near] ?? 0
    if (byte === DASH) return at
    if (!isQuote(byte) && !isBetween(byte)) return 'none'
  }
  return 'none'
}

function isQuote(byte: number): boolean {
  return byte === 0x22 || byte === 0x27 || byte === 0x60
}

/** What joins two strings: spaces, `+`, `.`, `,`, `&`, `<<`, `\\`, and an escaped line end. */
function isBetween(byte: number): boolean {
  return BETWEEN_STRINGS.includes(byte)
}

const BETWEEN_STRINGS = Array.from(' \t\r\n+.,&<\\()', (character) => character.charCodeAt(0))
/** Characters between two strings: most of them indent the second. */
const BETWEEN = 120
/** Base64 without a gap: no word is this long. */
const LINE = 20

/** RSA with 16,384 bits has 12,700 characters. */
export const LONGEST_PEM = 16 * 1024

/** Reads what follows the middle, five dashes: the last line, or another first one. */
function closing(
  bytes: Uint8Array,
  length: number,
  isLast: boolean,
  at: number,
  dashes: number,
  lastLetter: number,
  letters: number,
): Verdict {
  let here = dashes + DASHES
  const end = Math.min(length, here + LABEL + DASHES)
  while (here < end && isLabel(bytes[here] ?? 0)) here += 1
  if (here + DASHES > length && !isLast) return 'more'
  if (letters < FEWEST_LETTERS) return 'no'
  if (!hasDashes(bytes, here)) return cut(at, lastLetter, letters)
  const isEnd = bytes[dashes + DASHES] === 0x45
  return isEnd ? { from: at, to: here + DASHES } : cut(at, lastLetter, letters)
}

function cut(from: number, to: number, letters: number): Verdict {
  return letters < FEWEST_LETTERS ? 'no' : { from, to }
}

const DASH = 0x2d
const DASHES = 5
const LABEL = 48
/** With fewer characters of base64 it is an example, or a mention of a key. */
const FEWEST_LETTERS = 40

function hasDashes(bytes: Uint8Array, at: number): boolean {
  for (let index = at; index < at + DASHES; index += 1) if (bytes[index] !== DASH) return false
  return true
}

/** Returns whether a byte can be part of what a key is called. */
export function isLabel(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || byte === 0x20 || (byte >= 0x30 && byte <= 0x39)
}

function isPrivate(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at + PRIVATE.length <= to; at += 1) {
    let alike = 0
    while (alike < PRIVATE.length && bytes[at + alike] === PRIVATE[alike]) alike += 1
    if (alike === PRIVATE.length) return true
  }
  return false
}

const PRIVATE = Array.from('PRIVATE KEY', (character) => character.charCodeAt(0))

/** Returns 2 for a byte of base64, 1 for one of its headers or of what precedes a line, else 0. */
export function middleKind(byte: number): number {
  return MIDDLE[byte] ?? 0
}

/** 2: base64; 1: its headers, or what precedes a line; 0: the end. */
const MIDDLE = new Uint8Array(256)
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=')
  MIDDLE[character.charCodeAt(0)] = 2
// Line breaks occur if the key as a whole was in base64, and `&#43;` in HTML.
for (const character of ' \t\r\n:,-.()|>#*$;&') MIDDLE[character.charCodeAt(0)] = 1
// Arrows and box-drawing lines.
for (const byte of [0xe2, 0x86, 0x92, 0x94, 0x82]) MIDDLE[byte] = 1
