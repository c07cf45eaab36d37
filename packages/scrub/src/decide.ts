import { BLANK, CR, ESCAPE, LF, TAB } from './byte-names.js'
import { Base64Decoder } from './encoded.js'
import { beginOf, endOf, type InnerText, innerTexts, openRun } from './inner-text.js'
import { SHORTEST_CREDENTIAL } from './limits.js'
import type { Marked } from './marker.js'
import { NormalForm } from './normal-form.js'
import type { Meaning, SearchIndex } from './search-index.js'
import { LONGEST_JOINT } from './shapes/joint.js'
import { matchPattern } from './shapes/match.js'
import { LONGEST_PEM, matchPem } from './shapes/pem.js'
import { isPublished } from './shapes/published.js'
import type { ReadyPattern } from './shapes/ready-pattern.js'
import { Runs } from './shapes/runs.js'
import type { Readable, Verdict } from './shapes/verdict.js'

/** A secret in a normal form: its place, and what its marker says. */
export type Match = {
  from: number
  to: number
  secret: Marked
  /** Of two in one place the lower rank wins: a known secret goes before what looks like one. */
  rank: number
}

/** All secrets that begin before the first undecided place. */
export type Decided = {
  matches: Match[]
  undecided: number
  /**
   * From here on nothing may be emitted; beyond `undecided` if the bytes between mean nothing yet.
   */
  held: number
}

/** What is found in base64 may begin so many characters before its anchor. */
const GROUP = 4

/** Makes the marker's content for a secret found by its shape. */
export type MarkShape = (rule: string, secret: Uint8Array) => Marked

/**
 * Finds the secrets in a text in normal form.
 *
 * @param from secrets that begin before this offset were found earlier.
 * @param isHeld whether to hold back what may be the start of base64 text, as any word may be.
 * @param depth how many other texts it is nested in.
 */
export function decide(
  form: NormalForm,
  from: number,
  isLast: boolean,
  index: SearchIndex,
  mark: MarkShape,
  isHeld = true,
  depth = 0,
): Decided {
  const { bytes, length } = form
  const text: Readable = {
    bytes,
    length,
    isLast,
    lines: form.lines,
    runs: new Runs(),
  }
  const decoder = new Base64Decoder(text)
  const matches: Match[] = []
  let matchedTo = 0
  let undecided = length
  let held = length
  const postpone = (at: number) => {
    undecided = Math.min(undecided, Math.max(from, at))
    held = Math.min(held, undecided)
  }
  const take = (meaning: Meaning, end: number): void => {
    if (meaning.kind === 'known') {
      const { needle } = meaning
      matches.push({ from: end - needle.bytes.length, to: end, secret: needle.secret, rank: 0 })
      return
    }
    const at = end - meaning.length
    // A group of base64 can contain the end of one secret and the start of the next.
    const begins = meaning.kind === 'encoded' ? at + Math.ceil((meaning.before * 8) / 6) : at
    if (at >= undecided || begins < matchedTo) return
    const { pattern } = meaning
    const verdict =
      meaning.kind === 'encoded'
        ? encoded(decoder, at, meaning.before, pattern)
        : plain(pattern, text, at)
    if (verdict === 'no') return
    if (verdict === 'more') {
      postpone(at)
      return
    }
    const { from: start, to, secret } = verdict
    if (isPublished(secret)) return
    const rank = rankOf(pattern)
    // What begins inside a secret that was found by its own form is part of it.
    if (rank === OWN_FORM) matchedTo = Math.max(matchedTo, lastLine(form, start, to))
    matches.push({ from: start, to, secret: mark(nameOf(pattern), secret), rank })
  }
  // What begins in the undecided part is searched for again, when more of it is there.
  const found = (meaning: Meaning, end: number): number => {
    take(meaning, end)
    return undecided + GROUP
  }
  form.check(index)
  const candidates = form.candidates.subarray(0, form.candidateCount)
  const { begun, telling } = index.search(bytes, from, length, candidates, found)
  if (!isLast) {
    undecided = Math.min(undecided, begun)
    held = Math.min(held, telling)
  }
  cutOff(index, length, matches)
  if (depth < DEEPEST) {
    const inner = decideInner(form, isLast, index, mark, depth + 1)
    const outer = matches.slice()
    for (const match of inner.matches) {
      // If starts of base64 are held back, matches before `from` were found earlier.
      const isAhead = isHeld ? match.from >= from : match.to > from
      if (isAhead && isNews(match, outer)) matches.push(match)
    }
    if (inner.undecided < length) postpone(inner.undecided)
    const open = isLast || !isHeld ? length : openRun(bytes, length)
    if (open < length) postpone(open)
  }
  return { matches: matches.filter((match) => match.from < undecided), undecided, held }
}

/** Base64 in base64 in base64. */
const DEEPEST = 3

/** Nested texts, one for each depth. */
const innerForms: NormalForm[] = []

/** Finds the secrets in text that is encoded in base64, base32 or hex. */
function decideInner(
  { bytes, lines, length, wide }: NormalForm,
  isLast: boolean,
  index: SearchIndex,
  mark: MarkShape,
  depth: number,
): { matches: Match[]; undecided: number } {
  innerForms[depth] ??= new NormalForm(1024)
  const form = innerForms[depth]
  const matches: Match[] = []
  let undecided = length
  const take = (text: InnerText): void => {
    const isOver = isLast || text.to + 1 < length
    const rest = unreadableUntil(text.bytes)
    if (rest >= 0) {
      if (!isOver && rest < text.bytes.length) undecided = Math.min(undecided, beginOf(text, rest))
      return
    }
    form.read(text.bytes, 0, text.bytes.length, isOver, index.beginnings)
    const inner = decide(form, 0, isOver, index, mark, true, depth)
    for (const { from, to, secret, rank } of inner.matches) {
      const begin = beginOf(text, form.placeOf(from))
      const end = endOf(text, form.endOf(to - 1, text.bytes))
      matches.push({ from: begin, to: end, secret, rank })
      // The next character may show that its base64 form matches here.
      if (!isOver && end + text.characters > text.to) undecided = Math.min(undecided, begin)
    }
    if (isOver) return
    if (inner.undecided < form.length)
      undecided = Math.min(undecided, beginOf(text, form.placeOf(inner.undecided)))
    else if (form.isWithinEscape) undecided = Math.min(undecided, beginOf(text, form.stoppedAt))
  }
  innerTexts(bytes, lines, length, take, wide)
  return { matches, undecided }
}

/**
 * Returns -1 if a decoded text has enough characters in a row that a secret may be among them. If
 * not, it was something else that only looked like base64, and this is where its last characters
 * begin, which may go on.
 */
function unreadableUntil(bytes: Uint8Array): number {
  let inRow = 0
  let begin = 0
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    if (READABLE[byte] === 1) {
      inRow += 1
      if (inRow === SHORTEST_CREDENTIAL) return -1
    } else if (byte !== 0 || at === 0 || bytes[at - 1] === 0) {
      inRow = 0
      begin = at + 1
    }
  }
  return begin
}

/** Characters of a text. A zero between two of them belongs to UTF-16. */
const READABLE = Uint8Array.from({ length: 256 }, (_, byte) => Number(byte >= BLANK))
for (const byte of [TAB, LF, CR, ESCAPE]) READABLE[byte] = 1

/**
 * Returns whether nothing has been found in that place: a match of the base64 form is exact to the
 * character. What was found in the margin of a dump is only a part of it.
 */
function isNews({ from, to }: Match, outer: readonly Match[]): boolean {
  return outer.every(
    (other) =>
      other.to <= from + 1 ||
      other.from + 1 >= to ||
      (other.from > from + LEAST_BEFORE_MARGIN && other.to <= to),
  )
}

const LEAST_BEFORE_MARGIN = 8

/**
 * Returns where the last line of a secret begins, because that can be another secret, which
 * continues after it; the end if there is only one line.
 */
function lastLine(form: NormalForm, from: number, to: number): number {
  for (let at = to - 1; at > from; at -= 1) if (form.lines[at] !== 0) return at
  return to
}

/** Adds a known secret that is cut off by the end of the text: most of it is no less secret. */
function cutOff(index: SearchIndex, to: number, matches: Match[]): void {
  const { unfinished } = index
  if (unfinished === undefined) return
  const { needle, length } = unfinished
  if (length < SHORTEST_PART || length * 2 < needle.bytes.length) return
  matches.push({ from: to - length, to, secret: needle.secret, rank: 0 })
}

/** A shared prefix of a known secret this long is no coincidence. */
const SHORTEST_PART = 8

// A word before a secret says less than the secret's own form.
function rankOf(pattern: ReadyPattern | 'pem'): number {
  return pattern === 'pem' || 'byte' in pattern.whole.secretFrom ? OWN_FORM : OWN_FORM + 1
}

const OWN_FORM = 1

function nameOf(pattern: ReadyPattern | 'pem'): string {
  return pattern === 'pem' ? 'private-key' : pattern.shape.name
}

function compare(pattern: ReadyPattern | 'pem', text: Readable, at: number): Verdict {
  return pattern === 'pem' ? matchPem(text, at) : matchPattern(pattern, text, at)
}

type Found = { from: number; to: number; secret: Uint8Array }

function plain(pattern: ReadyPattern | 'pem', text: Readable, at: number): Found | 'no' | 'more' {
  const verdict = compare(pattern, text, at)
  if (typeof verdict === 'string') return verdict
  const { from, to } = verdict
  return { from, to, secret: verdict.secret ?? text.bytes.subarray(from, to) }
}

/** The same for base64, with the anchor this many bytes after the start of a group. */
function encoded(
  decoder: Base64Decoder,
  group: number,
  before: number,
  pattern: ReadyPattern | 'pem',
): Found | 'no' | 'more' {
  if (group < 0) return 'no'
  const most = pattern === 'pem' ? LONGEST_PEM : pattern.whole.longest + BEHIND_SECRET
  const longest = Math.ceil((most * 4) / 3) + 16
  for (let wanted = Math.min(longest, DECODED_AT_FIRST); ; wanted = Math.min(longest, wanted * 4)) {
    const decoded = decoder.around(group, wanted)
    const at = ((group - decoded.from) / 4) * 3 + before
    if (at >= decoded.length) return 'no'
    const verdict = hasAnchor(pattern, decoded, at) ? compare(pattern, decoded, at) : 'no'
    if (verdict === 'no') return 'no'
    if (verdict === 'more') {
      if (!decoded.isCut) return 'more'
      if (wanted === longest) return 'no'
      continue
    }
    return {
      from: decoded.from + Math.floor((verdict.from * 8) / 6),
      to: Math.min(decoded.end, decoded.from + Math.ceil((verdict.to * 8) / 6)),
      // As in normal form, without line breaks.
      secret: (verdict.secret ?? decoded.bytes.subarray(verdict.from, verdict.to)).filter(
        (byte) => byte !== LF && byte !== CR,
      ),
    }
  }
}

/** A joint, and what comes behind it, tell whether a secret goes on. */
const BEHIND_SECRET = 2 * LONGEST_JOINT

/** In characters. Most of what looks like an anchor in base64 is not one. */
const DECODED_AT_FIRST = 128

function hasAnchor(
  pattern: ReadyPattern | 'pem',
  { bytes, length }: Readable,
  at: number,
): boolean {
  if (pattern === 'pem') return true
  const { anchor } = pattern
  if (at + anchor.length > length) return true
  for (let index = 0; index < anchor.length; index += 1)
    if (bytes[at + index] !== anchor[index]) return false
  return true
}
