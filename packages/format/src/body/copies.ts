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

/** `length` bytes at `at` in the new body equal those at `from` in a kept one. */
export type Copy = { at: number; length: number; body: KeptBody; from: number }

/** A range between copies; `to` is exclusive. */
export type Between = [from: number, to: number]

/**
 * Finds what a body shares with kept ones, in order and without overlaps. In a UTF-8 body, the
 * ranges between the copies begin and end at character boundaries.
 *
 * @param kept if two share equally much, the first is copied from.
 */
export function findCopies(body: Uint8Array, kept: readonly KeptBody[]): Copy[] {
  const base = nearestTo(body, kept)
  if (base === undefined) return []
  const near = nearCopies(body, base)
  const all = withFarCopies(body, near, [base.body, ...kept.filter((one) => one !== base.body)])
  return withWholeCharacters(body, bounded(all))
}

/** Returns the ranges of a body that no copy covers. */
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

/** A kept body, and how much of it the new one begins and ends with. */
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

/** Returns the copies at the common start and end of both bodies, and those between. */
function nearCopies(bytes: Uint8Array, { body, prefix, suffix }: Base): Copy[] {
  const end = bytes.length - suffix
  const baseEnd = body.bytes.length - suffix
  const copies: Copy[] = []
  if (prefix >= SHORTEST_COPY) copies.push({ at: 0, length: prefix, body, from: 0 })
  if (end - prefix >= SHORTEST_COPY && baseEnd - prefix >= SHORTEST_COPY) {
    // Of a very long part, only the end is searched: new content goes in before what stays.
    const index = new BlockIndex(body.bytes, Math.max(prefix, baseEnd - SEARCH_BYTES), baseEnd)
    const from = Math.max(prefix, end - SEARCH_BYTES)
    for (const match of index.find(bytes, from, end, SHORTEST_COPY)) copies.push({ ...match, body })
  }
  if (suffix >= SHORTEST_COPY) {
    copies.push({ at: end, length: suffix, body, from: body.bytes.length - suffix })
  }
  return copies
}

/** Searches all kept bodies for what is still new, if that is a lot. */
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

/** Drops the shortest copies if there are too many. */
function bounded(copies: readonly Copy[]): Copy[] {
  let left = [...copies]
  for (let shortest = SHORTEST_COPY * 2; left.length > MAX_COPIES; shortest *= 2) {
    left = left.filter((copy) => copy.length >= shortest)
  }
  return left
}

/** Shortens copies next to a literal so that they do not split a character. */
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

// A character has at most three bytes after its first; with more, this is not UTF-8 anyway.
function startOfCharacter(bytes: Uint8Array, at: number, step: 1 | -1): number {
  let start = at
  for (let moved = 0; moved < 3 && isInsideCharacter(bytes[start]); moved += 1) start += step
  return isInsideCharacter(bytes[start]) ? at : start
}
