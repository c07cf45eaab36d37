import type { SearchPattern } from './pattern.js'

/**
 * Whether a pattern could match where a piece of a request's own meets one that is copied from an
 * earlier request: there, what it needs is in no line as a whole. By the line's bytes; an answer of
 * yes is to be proved by the body.
 */
export function seamsCouldMatch(
  line: Buffer,
  { literal, isCaseSensitive }: SearchPattern,
): boolean {
  let at = line.indexOf(COPY)
  if (at < 0) return false
  if (literal === undefined || !isCaseSensitive) return true
  const forms = [literal, JSON.stringify(literal).slice(1, -1)].map(bytesText)
  for (; at >= 0; at = line.indexOf(COPY, at + 1)) {
    // `…text",{"copy":…},"text…`: a copy next to a copy shows nothing of either.
    const before = line[at - 2] === QUOTE ? line.toString('latin1', at - 2 - SHOWN, at - 2) : ''
    const close = line.indexOf(CLOSE, at)
    const after =
      line[close + 2] === QUOTE ? line.toString('latin1', close + 3, close + 3 + SHOWN) : ''
    if (line[at - 2] === CLOSE || line[close + 2] === OPEN) return true
    if (before !== '' && forms.some((form) => endsLikeStart(unescaped(before), form))) return true
    if (after !== '' && forms.some((form) => startsLikeEnd(unescaped(after), form))) return true
  }
  return false
}

// In a text, its quotes would be escaped.
const COPY = Buffer.from('{"copy":"')
const QUOTE = 34
const OPEN = 123
const CLOSE = 125
const SHOWN = 48
/** So many characters that are alike are enough to look at the body. */
const ENOUGH = 8

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

// Of a log's line as JSON, cut off wherever it is.
function unescaped(text: string): string {
  return text.replace(/\\(?:u.{0,4}|(.)|$)/g, (_, character: string | undefined) =>
    character === undefined ? '' : (NAMED[character] ?? character),
  )
}

const NAMED: Record<string, string> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }

/** A text with a code unit for each byte of its UTF-8, as a log's bytes are compared here. */
function bytesText(text: string): string {
  return Buffer.from(text).toString('latin1')
}

/** How much of a body around a seam is looked at. */
export const SEAM_CHARACTERS = 512
