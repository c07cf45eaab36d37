import type { SearchPattern } from './pattern.js'

/** Returns whether a needle could be at a seam of a request, from the bytes of its line. */
export type SeamTest = (line: Buffer) => boolean

/**
 * Returns a test for whether a pattern could match where a piece of a request's own meets one
 * copied from an earlier request: no line contains the required text there. A yes must be confirmed
 * from the body.
 */
export function seamTest({ literal, needles, isCaseSensitive }: SearchPattern): SeamTest {
  const texts = literal === undefined ? needles : [literal]
  if (texts.length === 0 || (!isCaseSensitive && texts.some((text) => /[^ -~]/.test(text)))) {
    return hasCopy
  }
  const fold = (text: string): string => (isCaseSensitive ? text : text.toLowerCase())
  const forms = texts
    .flatMap((text) => [text, JSON.stringify(text).slice(1, -1)])
    .map((text) => fold(bytesText(text)))
  const [ends, starts] = [pairsAtEnd(forms), pairsAtStart(forms)]
  const lower = (byte = 0): number => (isCaseSensitive ? byte : (LOWER[byte] ?? byte))
  const isPair = (pairs: Uint8Array, one: number | undefined, other: number | undefined): boolean =>
    pairs[lower(one) * 256 + lower(other)] === 1
  const endsLike = (text: string): boolean =>
    (!isCaseSensitive && BEYOND_ASCII.test(text)) ||
    forms.some((form) => endsLikeStart(fold(unescaped(text)), form))
  const startsLike = (text: string): boolean =>
    (!isCaseSensitive && BEYOND_ASCII.test(text)) ||
    forms.some((form) => startsLikeEnd(fold(unescaped(text)), form))
  return (line) => {
    for (let at = line.indexOf(COPY); at >= 0; at = line.indexOf(COPY, at + 1)) {
      // `…text",{"copy":…},"text…`: if a copy is next to a copy, neither text is visible.
      const end = at - 2
      const start = line.indexOf(CLOSE, at) + 3
      if (line[end] === CLOSE || line[start - 1] === OPEN) return true
      if (line[end] === QUOTE) {
        const isPlain = !hasEscape(line, end - ESCAPE_BYTES, end)
        if (!isPlain || isPair(ends, line[end - 2], line[end - 1])) {
          if (endsLike(line.toString('latin1', Math.max(0, end - SHOWN), end))) return true
        }
      }
      if (line[start - 1] === QUOTE) {
        const isPlain = !hasEscape(line, start, start + 2)
        if (!isPlain || isPair(starts, line[start], line[start + 1])) {
          if (startsLike(line.toString('latin1', start, start + SHOWN))) return true
        }
      }
    }
    return false
  }
}

/** Returns whether a line has a copied piece. */
export function hasCopy(line: Buffer): boolean {
  return line.includes(COPY)
}

// In a text, its quotes would be escaped.
const COPY = Buffer.from('{"copy":"')
const QUOTE = 34
const BACKSLASH = 92
const OPEN = 123
const CLOSE = 125
const SHOWN = 48
/** This many equal characters are enough to examine the body. */
const ENOUGH = 8
/** `\u00e9`, and one more. */
const ESCAPE_BYTES = 7
/** Might be equal when ignoring case, as K (Kelvin) is to `k`. */
const BEYOND_ASCII = /[\x80-\xff]/
const LOWER = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 65 && byte <= 90 ? byte + 32 : byte,
)

function hasEscape(line: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (line[at] === BACKSLASH) return true
  return false
}

// The last two bytes of texts that end the way one of these begins.
function pairsAtEnd(forms: readonly string[]): Uint8Array {
  const pairs = new Uint8Array(256 * 256)
  for (const form of forms) {
    const first = form.charCodeAt(0)
    for (let before = 0; before < 256; before += 1) pairs[before * 256 + first] = 1
    for (let at = 1; at < form.length; at += 1) {
      pairs[form.charCodeAt(at - 1) * 256 + form.charCodeAt(at)] = 1
    }
  }
  return pairs
}

// The first two bytes of texts that begin the way one of these ends.
function pairsAtStart(forms: readonly string[]): Uint8Array {
  const pairs = new Uint8Array(256 * 256)
  for (const form of forms) {
    pairs.fill(
      1,
      form.charCodeAt(form.length - 1) * 256,
      form.charCodeAt(form.length - 1) * 256 + 256,
    )
    for (let at = 1; at < form.length; at += 1) {
      pairs[form.charCodeAt(at - 1) * 256 + form.charCodeAt(at)] = 1
    }
  }
  return pairs
}

function endsLikeStart(text: string, form: string): boolean {
  for (let length = 1; length < form.length; length += 1) {
    const start = form.slice(Math.max(0, length - ENOUGH), length)
    if (text.endsWith(start) || start.endsWith(text)) return true
  }
  return false
}

function startsLikeEnd(text: string, form: string): boolean {
  for (let from = 1; from < form.length; from += 1) {
    const end = form.slice(from, from + ENOUGH)
    if (text.startsWith(end) || end.startsWith(text)) return true
  }
  return false
}

// Decodes a part of a log's line as JSON, cut off anywhere.
function unescaped(text: string): string {
  return text.replace(/\\(?:u.{0,4}|(.)|$)/g, (_, character: string | undefined) =>
    character === undefined ? '' : (NAMED[character] ?? character),
  )
}

const NAMED: Record<string, string> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }

/** Returns a string with one code unit per UTF-8 byte, for comparison with a log's bytes. */
function bytesText(text: string): string {
  return Buffer.from(text).toString('latin1')
}

/** How much of a body is examined around a seam. */
export const SEAM_CHARACTERS = 512
