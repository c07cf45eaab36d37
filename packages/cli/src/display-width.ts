import { eastAsianWidth } from 'get-east-asian-width'

/** How many columns of a terminal a printable text takes: wide East Asian characters and emoji take two. */
export function displayWidth(text: string): number {
  if (NARROW.test(text)) return text.length
  let width = 0
  for (const { segment } of GRAPHEMES.segment(text)) width += widthOf(segment)
  return width
}

/** The text cut to this many columns, with `…` for what is gone, at its end or at its start. */
export function cutTo(text: string, width: number, from: 'end' | 'start' = 'end'): string {
  // No character takes more than two columns.
  if (text.length * 2 <= width) return text
  // A recorded text can be a megabyte, and only its beginning or end is looked at.
  if (text.length <= width * LONGEST && displayWidth(text) <= width) return text
  if (width < 1) return ''
  if (NARROW.test(text)) {
    return from === 'end'
      ? `${text.slice(0, width - 1)}…`
      : `…${text.slice(1 - width || text.length)}`
  }
  return from === 'end'
    ? `${beginning(text.slice(0, width * LONGEST), width - 1)}…`
    : `…${ending(text.slice(-width * LONGEST), width - 1)}`
}

// Character by character: to cut it all into those takes as long as the text is.
function beginning(text: string, width: number): string {
  let [kept, left] = ['', width]
  for (const { segment } of GRAPHEMES.segment(text)) {
    left -= widthOf(segment)
    if (left < 0) break
    kept += segment
  }
  return kept
}

function ending(text: string, width: number): string {
  const characters = Array.from(GRAPHEMES.segment(text), ({ segment }) => segment)
  let [kept, left] = ['', width]
  for (const character of characters.reverse()) {
    left -= widthOf(character)
    if (left < 0) break
    kept = character + kept
  }
  return kept
}

/** Code units of a character that people really write: a family of emoji has 11. */
const LONGEST = 64

// Characters that take one column each and never join: Latin, Greek and Cyrillic letters, and the
// punctuation between them.
const NARROW =
  /^[\x20-\x7e\xa1-\xac\xae-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u203b]*$/
const MARKS = /^[\p{Mn}\p{Me}]+$/u
const EMOJI = /\p{Emoji_Presentation}|\ufe0f/u

// What a user takes for one character: with its accents, an emoji with its skin colour.
const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' })

function widthOf(grapheme: string): number {
  if (MARKS.test(grapheme)) return 0
  if (EMOJI.test(grapheme)) return 2
  return eastAsianWidth(grapheme.codePointAt(0) ?? 0)
}
