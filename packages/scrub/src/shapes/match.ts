import { BLANK, MINUS, UNDERSCORE } from '../byte-names.js'
import { LINE, PARAGRAPH } from '../lines.js'
import { isBehindSpelling, jointAt, LONGEST_JOINT, mayJoin } from './joint.js'
import { looksRandom } from './looks-random.js'
import { SHORT, type ShapePattern } from './pattern.js'
import type { ReadyPattern } from './ready-pattern.js'
import type { Readable, Verdict } from './verdict.js'

/**
 * Compares a pattern with a text at its anchor. If a secret does not match with the lines that
 * follow it, it may end with one of them: the rest is a line of its own, such as another key in a
 * list.
 */
export function matchPattern(pattern: ReadyPattern, text: Readable, at: number): Verdict {
  const { whole } = pattern
  // Most of what looks like an anchor is rejected here.
  const here = at + pattern.anchor.length
  if (isNone(whole, text, here)) return 'no'
  const lines: Lines = { first: -1, last: -1 }
  const verdict = matchUntil(pattern, text, at, { end: text.length, isLast: text.isLast, lines })
  const { first, last } = lines
  if (verdict === 'no' && last < 0) return 'no'
  // Checked late, because it takes longer.
  if (!mayBegin(pattern, text, at)) return 'no'
  if (verdict !== 'no') return verdict
  const shorter = matchUntil(pattern, text, at, { end: last, isLast: true })
  if (shorter !== 'no' || first === last) return shorter
  return matchUntil(pattern, text, at, { end: first, isLast: true })
}

/**
 * Where the first and the last of the following lines begin that were taken for parts of a secret;
 * -1 for none.
 */
type Lines = { first: number; last: number }

/** Where the text is assumed to end, and whether nothing follows. */
type Until = { end: number; isLast: boolean; lines?: Lines }

function matchUntil(
  pattern: ReadyPattern,
  text: Readable,
  at: number,
  { end, isLast, lines }: Until,
): Verdict {
  const { shape, anchor } = pattern
  const { parts, secretFrom, secretTo } = pattern.whole
  let here = at + anchor.length
  let from = 'byte' in secretFrom ? at + secretFrom.byte : -1
  let to = -1
  // The longest part is the machine-made one.
  let longest = 0
  let random = here
  let randomEnd = here
  // Of the last two lines that it has filled.
  let lineFrom = -1
  let width = -1
  let gaps: Gap[] | undefined
  // Not with `entries`, which would create an array for each part of each anchor.
  for (let index = 0; index < parts.length; index += 1) {
    const part = parts[index]
    if (part === undefined) break
    const { of, least, most } = part
    if ('part' in secretFrom && secretFrom.part === index) from = here
    if (secretTo === index) to = here
    const isEnd = index === parts.length - 1
    const start = here
    // Bytes since then that are none of its characters.
    let between = 0
    while (here - start - between < most) {
      if (here >= end) {
        if (!isLast) return 'more'
        break
      }
      if (of[text.bytes[here] ?? 0] === 0) {
        if (here === start || !mayJoin(text.bytes[here] ?? 0)) break
        const joint = jointAt(of, text, here)
        if (joint === 'more') return 'more'
        if (joint === 'none' || joint.to > end) break
        const { to: next, code, isDoubtful } = joint
        if (isDoubtful) {
          const isWhole = isEnd && here - start - between >= least
          const goesOn = wraps(pattern, of, text, next, isWhole ? 'whole' : 'cut')
          if (goesOn === 'more') return 'more'
          if (goesOn === 'no') break
          if (lines !== undefined) {
            lines.last = here
            if (lines.first < 0) lines.first = here
          }
        }
        gaps ??= []
        gaps.push({ from: here, to: next, code })
        between += next - here - (code >= 0 ? 1 : 0)
        here = next
        continue
      }
      const begins = here > start ? (text.lines[here] ?? 0) : 0
      if (begins !== 0) {
        if ((begins & PARAGRAPH) !== 0) break
        if ((begins & LINE) !== 0) {
          const filled = lineFrom < 0 ? 0 : here - lineFrom
          const isFilled = filled > 0 && (filled === width || filled >= LONG_LINE)
          if (lineFrom >= 0) width = width < 0 ? here - lineFrom : width
          lineFrom = here
          const mayEnd = isEnd && here - start - between >= least && !isFilled
          const goesOn = wraps(pattern, of, text, here, mayEnd ? 'whole' : 'begun')
          if (goesOn === 'more') return 'more'
          if (goesOn === 'no') break
        }
        if (lines !== undefined) {
          lines.last = here
          if (lines.first < 0) lines.first = here
        }
      }
      const limit = Math.min(start + most + between, end)
      const run = most < SHORT ? here + 1 : text.runs.end(part, text, here, limit)
      here = Math.min(limit, run)
    }
    if (here - start - between < least) return 'no'
    if (most > longest) {
      longest = most
      random = start
      randomEnd = here
    }
    // What merely follows a secret may continue.
    const isSecrets = isEnd && secretTo === parts.length
    if (isSecrets && !endsHere(of, text, here)) return here >= end && !isLast ? 'more' : 'no'
    if (isSecrets && here >= end && !isLast) return 'more'
  }
  if (to < 0) to = here
  const { accepts } = shape
  const isAccepted =
    accepts === undefined
      ? looksRandom(without(text.bytes, random, randomEnd, gaps))
      : accepts(without(text.bytes, from, to, gaps))
  if (!isAccepted) return 'no'
  return gaps === undefined
    ? { from, to }
    : { from, to, secret: without(text.bytes, from, to, gaps) }
}

/** What stands between two parts of a secret, or for one of its characters (`code`, else -1). */
type Gap = { from: number; to: number; code: number }

/** Returns a part of a text without what is in the gaps. */
function without(
  bytes: Uint8Array,
  from: number,
  to: number,
  gaps: readonly Gap[] | undefined,
): Uint8Array {
  if (gaps === undefined) return bytes.subarray(from, to)
  const kept = new Uint8Array(to - from)
  let length = 0
  let at = from
  for (const gap of gaps) {
    if (gap.from < from || gap.to > to) continue
    kept.set(bytes.subarray(at, gap.from), length)
    length += gap.from - at
    if (gap.code >= 0) {
      kept[length] = gap.code
      length += 1
    }
    at = gap.to
  }
  kept.set(bytes.subarray(at, to), length)
  return kept.subarray(0, length + to - at)
}

/**
 * Returns whether there is quickly no match: what must follow the anchor ends too soon or is too
 * long, or a byte that must come later is not near. For anchors that repeat within one word, the
 * end of the word decides, which is looked up only once.
 */
function isNone(
  { parts, isBounded, needs, longest }: ShapePattern,
  text: Readable,
  here: number,
): boolean {
  const first = parts[0]
  if (first === undefined) return false
  const { bytes, length, runs } = text
  const { of, most } = first
  if (isBounded && here < length && of[bytes[here] ?? 0] === 1) {
    const known = runs.known(first, here)
    if (known >= 0 && known - here > most) return true
  }
  const end = Math.min(length, here + Math.min(first.least, LOOKED_AT))
  for (let at = here; at < end; at += 1) {
    const byte = bytes[at] ?? 0
    if (of[byte] === 0) return at === here || byte === BLANK || !mayJoin(byte)
  }
  if (isBounded && end > here && runs.end(first, text, here, here + most + 1) - here > most)
    return true
  if (needs < 0) return false
  const next = runs.next(needs, text, here)
  return next - here > longest + LONGEST_JOINT || (text.isLast && next === length)
}

const LOOKED_AT = 12

/** A line of at least this many characters was filled to its width; words are shorter. */
const LONG_LINE = 32

/** A longer run of the same characters is something else: a hash, an image. */
function endsHere(of: Uint8Array, { bytes, length, lines }: Readable, here: number): boolean {
  return here >= length || of[bytes[here] ?? 0] === 0 || lines[here] !== 0
}

function mayBegin({ shape, behind }: ReadyPattern, text: Readable, at: number): boolean {
  if (behind !== undefined && shape.behind !== undefined) {
    const { least, most } = shape.behind
    let count = 0
    while (count <= most && at - count > 0 && behind[text.bytes[at - count - 1] ?? 0] === 1)
      count += 1
    return count >= least && (count <= most || shape.isAnywhere === true)
  }
  if (at === 0 || text.lines[at] !== 0) return true
  if (shape.isAnywhere !== true && isWord(text.bytes[at - 1] ?? 0))
    return isBehindSpelling(text.bytes, at)
  return !isInBase64(text, at)
}

/** Returns whether so much base64 precedes a place that any four characters can occur there. */
function isInBase64(text: Readable, at: number): boolean {
  const from = at - LONG_BEFORE
  if (from < 0) return false
  let upper = 0
  let lower = 0
  let digits = 0
  for (let before = at - 1; before >= from; before -= 1) {
    if (text.lines[before] !== 0) return false
    const byte = text.bytes[before] ?? 0
    if (byte >= 0x61 && byte <= 0x7a) lower += 1
    else if (byte >= 0x41 && byte <= 0x5a) upper += 1
    else if (byte >= 0x30 && byte <= 0x39) digits += 1
    else if (byte !== UNDERSCORE && byte !== MINUS) return false
  }
  return upper >= MIXED && lower >= MIXED && digits > 0
}

/** Words have fewer letters of one case or the other. */
const MIXED = 4
/** The context holds a few more characters than this. */
const LONG_BEFORE = 20

/** Returns whether a byte is a letter or a digit. */
export function isWord(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a)
  )
}

/**
 * Returns whether a secret continues on the next line, as a terminal, `fold` or `base64` would have
 * wrapped it.
 *
 * @param before what precedes it: what could be a whole secret, so that it must not be a readable
 *   word; the beginning of one, so that it may be anything; or one behind which a joint says little.
 */
function wraps(
  { anchor }: ReadyPattern,
  of: Uint8Array,
  text: Readable,
  at: number,
  before: 'whole' | 'begun' | 'cut',
): 'yes' | 'no' | 'more' {
  const { bytes, length } = text
  let here = at
  let alike = 0
  while (here < length && here - at < WRAPPED && of[bytes[here] ?? 0] === 1) {
    if (here > at && text.lines[here] !== 0) break
    if (here - at === alike && bytes[here] === anchor[alike]) alike += 1
    here += 1
  }
  if (here === length && !text.isLast) return 'more'
  // The next line of a list of such secrets.
  if (alike === anchor.length) return 'no'
  if (before === 'begun') return 'yes'
  if (here - at < SHORTEST_REST || !looksRandom(bytes.subarray(at, here))) return 'no'
  if (before === 'cut') return 'yes'
  return isLineEnd(text, here) && hasDigit(bytes, at, here) ? 'yes' : 'no'
}

function isLineEnd({ bytes, length, lines }: Readable, here: number): boolean {
  if (here === length || lines[here] !== 0) return true
  const byte = bytes[here] ?? 0
  // A sign at the end of a line says that it goes on, and any other joint, too.
  return ENDS[byte] === true || (mayJoin(byte) && (byte >= 0x80 || lines[here + 1] !== 0))
}

const WRAPPED = 256
const SHORTEST_REST = 6
const ENDS: Readonly<Record<number, boolean>> = { 32: true, 34: true, 39: true, 96: true, 60: true }

function hasDigit(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte >= 0x30 && byte <= 0x39) return true
  }
  return false
}
