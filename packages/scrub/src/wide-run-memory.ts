import { BEGINNINGS_BYTES } from './beginnings.js'
import { checkLayout } from './candidate-layout.js'

/** The longest text that can be loaded. */
export const WIDE_BYTES = 128 * 1024

/** Indexes into the state. */
export const BYTES = 0
export const CANDIDATES = 1
export const RUNS = 2
/** The first byte of the line being read. */
export const LINE_BYTE = 3
/** Where the loaded part begins in the whole text. */
export const FROM = 4
/** How many bytes had been read when a zero of UTF-16 was left out; negative if none was. */
export const ZERO_AT = 5
/** How many bytes of a dump were read, and how many before the last line. */
export const DUMPED = 6
export const DUMPED_FIRST = 7

/** What a byte after backslashes can mean, apart from a character. */
export const BREAK = 1
export const UNICODE = 2

export const PAGE = 64 * 1024
export const MARGIN = 64
export const RUNS_MOST = WIDE_BYTES + MARGIN
export const SPECIAL_AT = 0x100
export const ESCAPED_AT = 0x200
export const BLANK_AT = 0x300
export const PLAIN_AT = 0x400
export const MARK_AT = 0x500
export const HEX_AT = 0x600
export const INNER_AT = 0x700
export const FIVES_AT = 0x900
export const WITHIN_WORD_AT = 0xa00
/** What base64 and base32 are decoded with. */
export const TABLES_64 = { mask: 0x800, order: 0x810 }
export const TABLES_32 = { mask: 0x820, order: 0x830 }
/** What patterns begin with, by the hashes of three and of four bytes. */
export const THREES_AT = PAGE
export const FOURS_AT = THREES_AT + BEGINNINGS_BYTES
/** What may begin within a word, too. */
export const WITHIN_WORDS_AT = FOURS_AT + BEGINNINGS_BYTES
export const TEXT_AT = WITHIN_WORDS_AT + BEGINNINGS_BYTES
/** Followed by zeros, which precede the first byte. */
export const COPY_AT = TEXT_AT + WIDE_BYTES + PAGE
export const LINES_AT = COPY_AT + WIDE_BYTES + MARGIN
export const CANDIDATES_AT = LINES_AT + WIDE_BYTES + MARGIN
export const RUNS_AT = CANDIDATES_AT + 4 * WIDE_BYTES
export const PLACES_AT = RUNS_AT + 4 * RUNS_MOST
export const DECODED_AT = PLACES_AT + 4 * RUNS_MOST
/** Where each byte of a dump begins and ends: it has a gap behind it, and so three characters. */
export const DUMPED_MOST = WIDE_BYTES / 2
export const BEGINS_AT = DECODED_AT + WIDE_BYTES
export const ENDS_AT = BEGINS_AT + 4 * DUMPED_MOST
export const CHECK_AT = PAGE * Math.ceil((ENDS_AT + 4 * DUMPED_MOST) / PAGE)
export const PAGES = Math.ceil(checkLayout(CHECK_AT, WIDE_BYTES).end / PAGE)
export const CHECKED = {
  bytes: COPY_AT,
  lines: LINES_AT,
  candidates: CANDIDATES_AT,
  longest: WIDE_BYTES,
  own: CHECK_AT,
  pages: PAGES,
}
