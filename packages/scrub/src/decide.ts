import { decodeFrom, groupsBefore } from './encoded.js'
import type { Marked } from './marker.js'
import type { NormalForm } from './normal-form.js'
import type { Meaning, SearchIndex } from './search-index.js'
import { matchPattern, type ReadyPattern } from './shapes/match.js'
import { LONGEST_PEM, matchPem } from './shapes/pem.js'
import type { Readable, Verdict } from './shapes/verdict.js'

/** A secret in a normal form: its place, and what its marker says. */
export type Match = {
  from: number
  to: number
  secret: Marked
  /** Of two in one place the lower counts: what is known goes before what looks like a secret. */
  rank: number
}

/** All secrets that begin before the first place that is undecided. */
export type Decided = {
  matches: Match[]
  undecided: number
  /** From here on nothing may be given out: behind `undecided` where what is there tells nothing yet. */
  held: number
}

/** Gives the marks of a secret that is known by its shape. */
export type MarkShape = (rule: string, secret: Uint8Array) => Marked

/**
 * Finds the secrets in a text that has been brought into its normal form.
 *
 * @param from secrets that begin before that were found earlier.
 */
export function decide(
  form: NormalForm,
  from: number,
  isLast: boolean,
  index: SearchIndex,
  mark: MarkShape,
): Decided {
  const { bytes, length } = form
  const text: Readable = { bytes, length, isLast, beginsLine: (at) => form.beginsLine(at) }
  const matches: Match[] = []
  let undecided = length
  let held = length
  const postpone = (at: number) => {
    undecided = Math.min(undecided, Math.max(from, at))
    held = Math.min(held, undecided)
  }
  const found = (meaning: Meaning, end: number): void => {
    if (meaning.kind === 'known') {
      const { needle } = meaning
      matches.push({ from: end - needle.bytes.length, to: end, secret: needle.secret, rank: 0 })
      return
    }
    const at = end - meaning.length
    if (at >= undecided) return
    const { pattern } = meaning
    if (meaning.kind === 'encoded') {
      encoded(text, at, meaning.before, pattern, { matches, postpone, mark })
      return
    }
    const verdict = compare(pattern, text, at)
    if (verdict === 'no') return
    if (verdict === 'more') postpone(at)
    else
      matches.push({
        ...verdict,
        secret: mark(nameOf(pattern), bytes.subarray(verdict.from, verdict.to)),
        rank: rankOf(pattern),
      })
  }
  const { begun, telling } = index.search(bytes, from, length, found)
  if (!isLast) {
    undecided = Math.min(undecided, begun)
    held = Math.min(held, telling)
  }
  cutOff(index, begun, length, matches)
  return { matches: matches.filter((match) => match.from < undecided), undecided, held }
}

/** A known secret of which the beginning is there, and then the text ends: most of it is no less secret. */
function cutOff(index: SearchIndex, from: number, to: number, matches: Match[]): void {
  const { bytes, meaning } = index.unfinished ?? {}
  if (bytes === undefined || meaning?.kind !== 'known') return
  if (to - from < SHORTEST_PART || (to - from) * 2 < bytes.length) return
  matches.push({ from, to, secret: meaning.needle.secret, rank: 0 })
}

/** Characters of a known secret that are no accident. */
const SHORTEST_PART = 8

// A word before it tells less than its own form.
function rankOf(pattern: ReadyPattern | 'pem'): number {
  return pattern === 'pem' || 'byte' in pattern.secretFrom ? 1 : 2
}

function nameOf(pattern: ReadyPattern | 'pem'): string {
  return pattern === 'pem' ? 'private-key' : pattern.shape.name
}

function compare(pattern: ReadyPattern | 'pem', text: Readable, at: number): Verdict {
  return pattern === 'pem' ? matchPem(text, at) : matchPattern(pattern, text, at)
}

type Sink = { matches: Match[]; postpone: (at: number) => void; mark: MarkShape }

function encoded(
  text: Readable,
  group: number,
  before: number,
  pattern: ReadyPattern | 'pem',
  { matches, postpone, mark }: Sink,
): void {
  if (group < 0) return
  const start = groupsBefore(text, group, GROUPS_BEFORE)
  const longest = pattern === 'pem' ? LONGEST_PEM : pattern.longest
  const most = group - start + Math.ceil((longest * 4) / 3) + 16
  for (let characters = Math.min(most, DECODED_AT_FIRST); ; characters *= 4) {
    const decoded = decodeFrom(text, start, characters)
    const at = ((group - start) / 4) * 3 + before
    if (at >= decoded.length) return
    const verdict = hasAnchor(pattern, decoded, at) ? compare(pattern, decoded, at) : 'no'
    if (verdict === 'no') return
    if (verdict === 'more') {
      if (decoded.isCut && characters < most) continue
      if (!decoded.isCut) postpone(group)
      return
    }
    const secret = mark(nameOf(pattern), decoded.bytes.subarray(verdict.from, verdict.to))
    matches.push({
      from: start + Math.floor((verdict.from * 8) / 6),
      to: Math.min(text.length, start + Math.ceil((verdict.to * 8) / 6)),
      secret,
      rank: rankOf(pattern),
    })
    return
  }
}

const GROUPS_BEFORE = 4
const DECODED_AT_FIRST = 512

function hasAnchor(
  pattern: ReadyPattern | 'pem',
  { bytes, length }: Readable,
  at: number,
): boolean {
  if (pattern === 'pem') return true
  const { anchor } = pattern
  if (at + anchor.length > length) return true
  return anchor.every((byte, index) => bytes[at + index] === byte)
}
