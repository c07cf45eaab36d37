import type { Content, Piece } from '../content.js'
import { betweenCopies, type Copy, findCopies } from './copies.js'
import { type CopiedRange, KeptBodies, type KeptBody } from './kept-bodies.js'
import {
  FOREIGN_REST_WORTH_KEEPING,
  KEPT_BYTES,
  MAX_CHAIN,
  REST_WORTH_KEEPING,
  SHORTEST_COPY,
} from './limits.js'
import { literalPieces } from './literal.js'

/** A body in the form in which it is written, and what is new in it. */
export type EncodedBody = {
  content: Content
  literalBytes: number
  copiedBytes: number
  /** The ranges of the body that are written literally. */
  newRanges: [at: number, length: number][]
}

/**
 * Encodes request bodies as copies of the session's earlier ones plus what is new. It keeps bodies
 * of all conversations to copy from, within a budget: each costs its bytes, 96 bytes for each range
 * that it copied, and 512 bytes. A body that continues another replaces it.
 *
 * @example
 * const encoder = new BodyEncoder()
 * const encoded = encoder.encode(exchange, body, threadId)
 * if (write({ kind: 'request-body', exchange, content: encoded.content })) encoder.keep(encoded)
 */
export class BodyEncoder {
  readonly #kept: KeptBodies
  readonly #pending = new WeakMap<EncodedBody, Pending>()

  /** @param budget how many bytes to keep to copy from. */
  constructor(budget: number = KEPT_BYTES) {
    this.#kept = new KeptBodies(budget)
  }

  /** Bytes kept to copy from; never above the budget. */
  get keptBytes(): number {
    return this.#kept.cost
  }

  /**
   * @param exchange its id, unique in the session.
   * @param body scrubbed; must not change until it is kept.
   * @param conversation a hint, such as the thread id: of two earlier bodies that share equally
   * much with this one, the one of the same conversation is copied from.
   */
  encode(exchange: string, body: Uint8Array, conversation?: string): EncodedBody {
    const nearest = this.#kept.nearest(conversation).filter((kept) => kept.exchange !== exchange)
    const candidates = nearest.filter((kept) => kept.chain < MAX_CHAIN)
    // A body written whole because of this limit must not copy from one that is nearly as deep, or
    // the next would hit the limit too.
    if (candidates.length < nearest.length) this.#forgetLongChains(candidates)
    const copies = findCopies(body, candidates)
    const ranges = rangesOf(copies)
    const between = betweenCopies(copies, body.length)
    const copiedBytes = copies.reduce((sum, copy) => sum + copy.length, 0)
    const encoded: EncodedBody = {
      content: contentOfRanges(body, ranges),
      literalBytes: body.length - copiedBytes,
      copiedBytes,
      newRanges: between.map(([from, to]) => [from, to - from]),
    }
    this.#pending.set(encoded, { exchange, conversation, body, copies, ranges })
    return encoded
  }

  /** Drops bodies with long chains, and removes them from the candidates. */
  #forgetLongChains(candidates: KeptBody[]): void {
    for (const kept of this.#kept.nearest(undefined)) {
      if (kept.chain < MAX_CHAIN / 2) continue
      this.#kept.drop(kept)
      const index = candidates.indexOf(kept)
      if (index >= 0) candidates.splice(index, 1)
    }
  }

  /** Lets later bodies copy from this one. Call it only once its record is written. */
  keep(encoded: EncodedBody): void {
    const pending = this.#pending.get(encoded)
    if (pending === undefined) return
    this.#pending.delete(encoded)
    const { exchange, conversation, body, copies, ranges } = pending
    for (const [source, copied] of copiedFrom(copies)) {
      const isGoingOn = conversation !== undefined && conversation === source.conversation
      const rest = isGoingOn ? REST_WORTH_KEEPING : FOREIGN_REST_WORTH_KEEPING
      if (source.bytes.length - copied < rest) this.#kept.drop(source)
      else this.#kept.touch(source)
    }
    if (body.length < SHORTEST_COPY) return
    const chain = 1 + ranges.reduce((longest, range) => Math.max(longest, range.chain), -1)
    this.#kept.add({ exchange, conversation, bytes: new Uint8Array(body), ranges, chain })
  }
}

type Pending = {
  exchange: string
  conversation: string | undefined
  body: Uint8Array
  copies: Copy[]
  ranges: CopiedRange[]
}

/** Converts copies to ranges of the bodies that own the bytes, merging adjacent ones. */
function rangesOf(copies: readonly Copy[]): CopiedRange[] {
  const ranges: CopiedRange[] = []
  for (const copy of copies) {
    const range = ownedRange(copy)
    const last = ranges.at(-1)
    const goesOn =
      last?.exchange === range.exchange &&
      last.at + last.length === range.at &&
      last.from + last.length === range.from
    if (goesOn) last.length += range.length
    else ranges.push(range)
  }
  return ranges
}

/**
 * Resolves a copy to the range that the record names. If the source itself copied all of it from
 * one range of an older body, that body is named: what never changes, such as the tools, stays one
 * step away.
 */
function ownedRange({ at, length, body, from }: Copy): CopiedRange {
  const owner = body.ranges[lastAtOrBefore(body.ranges, from)]
  if (owner !== undefined && from + length <= owner.at + owner.length) {
    const { exchange, chain } = owner
    return { at, length, exchange, from: owner.from + from - owner.at, chain }
  }
  return { at, length, exchange: body.exchange, from, chain: body.chain }
}

/** Returns the index of the last range that begins at or before a byte, or -1. */
function lastAtOrBefore(ranges: readonly CopiedRange[], byte: number): number {
  let low = 0
  let high = ranges.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ranges[middle]?.at ?? 0) <= byte) low = middle + 1
    else high = middle
  }
  return low - 1
}

function contentOfRanges(body: Uint8Array, ranges: readonly CopiedRange[]): Content {
  const pieces: Piece[] = []
  let end = 0
  for (const { at, length, exchange, from } of ranges) {
    pieces.push(...literalPieces(body.subarray(end, at)))
    pieces.push({ copy: exchange, at: from, length })
    end = at + length
  }
  pieces.push(...literalPieces(body.subarray(end)))
  const [only] = pieces
  if (only === undefined) return ''
  return pieces.length === 1 && typeof only === 'string' ? only : pieces
}

/** Counts the bytes copied from each body. */
function copiedFrom(copies: readonly Copy[]): Map<KeptBody, number> {
  const copied = new Map<KeptBody, number>()
  for (const { body, length } of copies) copied.set(body, (copied.get(body) ?? 0) + length)
  return copied
}
