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

/** A body as it is to be written, and what of it is new. */
export type EncodedBody = {
  content: Content
  literalBytes: number
  copiedBytes: number
  /** The ranges of the body that are written literally. */
  newRanges: [at: number, length: number][]
}

/**
 * Writes request bodies as copies of earlier ones of the session and what is new. It holds the
 * bodies that it may copy from, all conversations together, within a budget: their bytes, 96 bytes
 * for each range that one copied, and 512 bytes. A body that goes on from another takes its place.
 *
 * @example
 * const encoder = new BodyEncoder()
 * const encoded = encoder.encode(exchange, body, threadId)
 * if (write({ kind: 'request-body', exchange, content: encoded.content })) encoder.keep(encoded)
 */
export class BodyEncoder {
  readonly #kept: KeptBodies
  readonly #pending = new WeakMap<EncodedBody, Pending>()

  /** @param budget bytes held to copy from. */
  constructor(budget: number = KEPT_BYTES) {
    this.#kept = new KeptBodies(budget)
  }

  /** Bytes held to copy from, never above the budget. */
  get keptBytes(): number {
    return this.#kept.cost
  }

  /**
   * @param exchange its id, which no other exchange of the session has.
   * @param body scrubbed; not to be altered before it is kept.
   * @param conversation a hint, such as the thread id: where two earlier bodies share as much with
   * this one, the one of the same conversation is copied from.
   */
  encode(exchange: string, body: Uint8Array, conversation?: string): EncodedBody {
    const nearest = this.#kept.nearest(conversation).filter((kept) => kept.exchange !== exchange)
    const candidates = nearest.filter((kept) => kept.chain < MAX_CHAIN)
    // What is written whole now must not copy from one that is nearly as far, or so would the next.
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

  /** Drops those that are too long, and takes those that soon are from the candidates. */
  #forgetLongChains(candidates: KeptBody[]): void {
    for (const kept of this.#kept.nearest(undefined)) {
      if (kept.chain < MAX_CHAIN / 2) continue
      this.#kept.drop(kept)
      const index = candidates.indexOf(kept)
      if (index >= 0) candidates.splice(index, 1)
    }
  }

  /** Lets later bodies copy from this one. Call it when its record is written, and only then. */
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

/** The copies as ranges of the bodies that own the bytes, adjacent ones made one. */
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
 * A copy as the record will name it. Where the body copied from has all of it in one piece from an
 * older one, that is named: what stays the same, such as the tools, is then one step away for ever.
 */
function ownedRange({ at, length, body, from }: Copy): CopiedRange {
  const owner = body.ranges[lastAtOrBefore(body.ranges, from)]
  if (owner !== undefined && from + length <= owner.at + owner.length) {
    const { exchange, chain } = owner
    return { at, length, exchange, from: owner.from + from - owner.at, chain }
  }
  return { at, length, exchange: body.exchange, from, chain: body.chain }
}

/** The index of the last range that begins at or before a byte, or -1. */
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

/** How many bytes were copied from each body. */
function copiedFrom(copies: readonly Copy[]): Map<KeptBody, number> {
  const copied = new Map<KeptBody, number>()
  for (const { body, length } of copies) copied.set(body, (copied.get(body) ?? 0) + length)
  return copied
}
