import { BlockIndex } from './block-index.js'
import { commonPrefix, commonSuffix } from './compare.js'
import type { KeptBody } from './kept-bodies.js'
import {
  FAR_SEARCH_FROM,
  FAR_SEARCH_RATIO,
  MAX_COPIES,
  SEARCH_BYTES,
  SHORTEST_COPY,
  SHORTEST_FAR_COPY,
} from './limits.js'
import { isInsideCharacter } from './literal.js'

/** `length` bytes at `at` of the new body stand at `from` of a kept one. */
export type Copy = { at: number; length: number; body: KeptBody; from: number }

/** A range between copies: from and to, without it. */
export type Between = [from: number, to: number]

/**
 * What of a body stands in kept ones, in order and without overlaps. What is between the copies
 * begins and ends with whole characters, if the body is UTF-8.
 *
 * @param kept of two that share as much, the first is copied from.
 */
export function findCopies(body: Uint8Array, kept: readonly KeptBody[]): Copy[] {
  const base = nearestTo(body, kept)
  if (base === undefined) return []
  const near = nearCopies(body, base)
  const all = withFarCopies(body, near, [base.body, ...kept.filter((one) => one !== base.body)])
  return withWholeCharacters(body, bounded(all))
}

/** The ranges of a body that no copy covers. */
export function betweenCopies(copies: readonly Copy[], length: number): Between[] {
  const ranges: Between[] = []
  let end = 0
  for (const copy of copies) {
    if (copy.at > end) ranges.push([end, copy.at])
    end = copy.at + copy.length
  }
  if (length > end) ranges.push([end, length])
  return ranges
}

/** A kept body and how much of it the new one begins and ends with. */
type Base = { body: KeptBody; prefix: number; suffix: number }

function nearestTo(body: Uint8Array, kept: readonly KeptBody[]): Base | undefined {
  let nearest: Base | undefined
  for (const candidate of kept) {
    const { bytes } = candidate
    const limit = Math.min(body.length, bytes.length)
    const prefix = commonPrefix(body, 0, bytes, 0, limit)
    const suffix = commonSuffix(body, body.length, bytes, bytes.length, limit - prefix)
    if (nearest === undefined || prefix + suffix > nearest.prefix + nearest.suffix) {
      nearest = { body: candidate, prefix, suffix }
    }
  }
  return nearest
}

/** The copies where both bodies begin and end alike, and those between. */
function nearCopies(bytes: Uint8Array, { body, prefix, suffix }: Base): Copy[] {
  const end = bytes.length - suffix
  const baseEnd = body.bytes.length - suffix
  const copies: Copy[] = []
  if (prefix >= SHORTEST_COPY) copies.push({ at: 0, length: prefix, body, from: 0 })
  if (end - prefix >= SHORTEST_COPY && baseEnd - prefix >= SHORTEST_COPY) {
    // Of very long parts the end is searched: what is new is put in before what stays.
    const index = new BlockIndex(body.bytes, Math.max(prefix, baseEnd - SEARCH_BYTES), baseEnd)
    const from = Math.max(prefix, end - SEARCH_BYTES)
    for (const match of index.find(bytes, from, end, SHORTEST_COPY)) copies.push({ ...match, body })
  }
  if (suffix >= SHORTEST_COPY) {
    copies.push({ at: end, length: suffix, body, from: body.bytes.length - suffix })
  }
  return copies
}

/** Looks for what is new so far in the whole of the kept bodies, where there is much of it. */
function withFarCopies(
  bytes: Uint8Array,
  near: readonly Copy[],
  candidates: readonly KeptBody[],
): Copy[] {
  let copies = [...near]
  let searched = 0
  for (const body of candidates) {
    const between = betweenCopies(copies, bytes.length).filter(isLong)
    const left = between.reduce((sum, [from, to]) => sum + to - from, 0)
    if (left < FAR_SEARCH_FROM) break
    const budget = Math.min(left * FAR_SEARCH_RATIO, SEARCH_BYTES)
    const cost = body.bytes.length + left
    if (searched + cost > budget) continue
    searched += cost
    const index = new BlockIndex(body.bytes, 0, body.bytes.length)
    const found = between.flatMap(([from, to]) => index.find(bytes, from, to, SHORTEST_FAR_COPY))
    if (found.length === 0) continue
    copies = [...copies, ...found.map((match) => ({ ...match, body }))]
    copies.sort((one, other) => one.at - other.at)
  }
  return copies
}

function isLong([from, to]: Between): boolean {
  return to - from >= SHORTEST_FAR_COPY
}

/** Without the shortest copies, where there are too many. */
function bounded(copies: readonly Copy[]): Copy[] {
  let left = [...copies]
  for (let shortest = SHORTEST_COPY * 2; left.length > MAX_COPIES; shortest *= 2) {
    left = left.filter((copy) => copy.length >= shortest)
  }
  return left
}

/** Shortens the copies that end or begin inside a character, beside what is literal. */
function withWholeCharacters(bytes: Uint8Array, copies: readonly Copy[]): Copy[] {
  const whole: Copy[] = []
  for (const [index, copy] of copies.entries()) {
    const before = copies[index - 1]
    const after = copies[index + 1]
    const isFirst = before === undefined ? copy.at === 0 : before.at + before.length === copy.at
    const end = copy.at + copy.length
    const isLast = after === undefined ? end === bytes.length : after.at === end
    const from = isFirst ? copy.at : startOfCharacter(bytes, copy.at, 1)
    const to = isLast ? end : startOfCharacter(bytes, end, -1)
    whole.push({ ...copy, at: from, length: to - from, from: copy.from + from - copy.at })
  }
  return whole
}

// A character has three bytes after its first; where there are more, it is no UTF-8 anyway.
function startOfCharacter(bytes: Uint8Array, at: number, step: 1 | -1): number {
  let start = at
  for (let moved = 0; moved < 3 && isInsideCharacter(bytes[start]); moved += 1) start += step
  return isInsideCharacter(bytes[start]) ? at : start
}
