import { mayBegin } from './beginnings.js'
import { betweenCharacters, isPlain, isPlainBegin, LONGEST_ESCAPE } from './byte-kinds.js'
import { CR, LF } from './byte-names.js'
import { decide, type MarkShape, type Match } from './decide.js'
import { Growing } from './growing.js'
import { type Marked, markerOfLength, writeAscii } from './marker.js'
import { NormalForm } from './normal-form.js'
import type { ScrubbedBytes } from './scrubbed.js'
import type { SearchIndex } from './search-index.js'
import type { Found, Swept } from './swept.js'

const NOTHING = new Uint8Array(0)

/** Searched at a time: it stays in the processor's cache. */
const BLOCK = 32 * 1024

/** How many characters before a place tell whether a secret can begin there. */
const CONTEXT = 24

/**
 * Returns whether bytes that are held back should wait for more before they are searched again:
 * until they have grown by an eighth.
 */
export function isHeldOn(waiting: number, searched: number): boolean {
  return waiting > LARGE_HOLD && waiting < searched * 1.125
}

const LARGE_HOLD = 2048

// Shared: one body is searched at a time, never in the middle of another.
export const form = new NormalForm(BLOCK)

/**
 * Scrubs one body from start to end, in one piece or in many.
 *
 * Of several matches at one place the longest wins. If a secret begins within another and ends
 * after it, its remainder is replaced as well; only an occurrence that overlaps an earlier one of
 * the same secret is skipped, as in search-and-replace.
 */
export class Sweep {
  readonly #mark: MarkShape
  /** What has not been emitted, with a little context before it. */
  readonly #held = new Growing()
  /** How many bytes of it were emitted. */
  #given = 0
  /**
   * Where the undecided part begins in it: before `#given` if a secret that was emitted extends
   * beyond.
   */
  #undecided = 0
  /** How many bytes it had when it was last searched. */
  #searched = 0
  /** Where the last occurrence of each secret ended, as long as that lies ahead. */
  #spent = new Map<Marked, number>()

  constructor(mark: MarkShape) {
    this.#mark = mark
  }

  /**
   * Takes the next bytes and returns those that are decided. The result may share memory with the
   * chunk; what is held does not.
   *
   * @param isLast nothing follows: the rest is emitted, too.
   */
  push(chunk: Uint8Array, index: SearchIndex, isLast: boolean): Swept {
    const length = this.#held.length + chunk.length
    if (!isLast && isHeldOn(length - this.#given, this.#searched)) {
      this.#held.add(chunk)
      return { bytes: NOTHING as ScrubbedBytes, found: [] }
    }
    const text = this.#held.length === 0 ? chunk : joined(this.#held.bytes, chunk)
    const pieces: Piece[] = []
    const { undecided, held: heldFrom, context } = this.#search(text, index, isLast, pieces)
    const given = this.#given
    const covered = pieces.at(-1)?.to ?? given
    const until = isLast ? text.length : Math.max(heldFrom, covered, given)
    const swept = replaced(text, given, until, pieces, chunk)
    if (isLast) this.#forget()
    else this.#hold(text, context, until, undecided)
    return swept
  }

  /**
   * Takes bytes in which nothing begins that is searched for, unless something may begin before
   * them and end in them.
   *
   * @returns whether they were taken. They may then be emitted.
   */
  pass(chunk: Uint8Array, index: SearchIndex): boolean {
    const held = this.#held
    if (held.length > this.#given || this.#spent.size > 0) return false
    if (!this.#begins(held.room, held.length, chunk, index)) return false
    const ends = endOf(chunk, index)
    if (ends < 0) return false
    const isLong = chunk.length > 2 * CONTEXT_BYTES
    const from = isLong ? contextFrom(chunk) : 0
    if (from > 0) held.drop(held.length)
    held.addPart(chunk, from, chunk.length)
    if (held.length > 8 * CONTEXT_BYTES) held.drop(contextFrom(held.bytes))
    this.#given = held.length
    this.#undecided = held.length - ends
    this.#searched = 0
    return true
  }

  /** Returns whether certainly nothing begins in what came before and ends in the chunk. */
  #begins(
    held: Uint8Array,
    length: number,
    chunk: Uint8Array,
    { beginnings }: SearchIndex,
  ): boolean {
    if (length === 0) return true
    const last = lineEnd(held, length)
    const before = Math.max(0, last - 3)
    if (this.#undecided < before || !isPlain(held, Math.max(0, last - LONGEST_ESCAPE), last))
      return false
    if (last < length && !isPlainBegin(chunk[0] ?? 0)) return false
    if (!isPlain(chunk, 0, 3)) return false
    const count = last - before
    for (let at = 0; at < count; at += 1) edge[at] = held[before + at] ?? 0
    for (let at = 0; at < 3; at += 1) edge[count + at] = chunk[at] ?? 0
    for (let at = 0; at < count; at += 1) if (mayBegin(beginnings, edge, at)) return false
    return true
  }

  #search(
    text: Uint8Array,
    index: SearchIndex,
    isLast: boolean,
    pieces: Piece[],
  ): { undecided: number; held: number; context: number } {
    let from = this.#undecided
    let context = 0
    let size = BLOCK
    let covered = this.#given
    for (;;) {
      const to = Math.min(text.length, Math.max(from, context) + size)
      const isEnd = to === text.length
      form.read(text, context, to, isLast && isEnd, index.beginnings)
      const first = form.indexOf(from)
      const { matches, undecided, held } = decide(form, first, isLast && isEnd, index, this.#mark)
      covered = this.#cover(text, matches, covered, pieces)
      const end = form.isWithinEscape ? form.stoppedAt : Math.max(from, to)
      const next = undecided < form.length ? form.placeOf(undecided) : end
      context = contextOf(undecided, next)
      if (isEnd)
        return { undecided: next, held: held < form.length ? form.placeOf(held) : end, context }
      // A long secret extends beyond the block.
      size = next === from ? size * 2 : BLOCK
      from = next
    }
  }

  #cover(text: Uint8Array, matches: Match[], given: number, pieces: Piece[]): number {
    let covered = given
    let longest = -1
    for (const { from, to, secret } of matches.sort(byPlace)) {
      const at = form.placeOf(from)
      if (from === longest || at < (this.#spent.get(secret) ?? 0)) continue
      longest = from
      const end = form.endOf(to - 1, text)
      this.#spent.set(secret, end)
      if (end <= covered) continue
      pieces.push({ from: Math.max(at, covered), to: end, secret })
      covered = end
    }
    return covered
  }

  #forget(): void {
    this.#held.drop(this.#held.length)
    this.#given = 0
    this.#undecided = 0
    this.#spent.clear()
  }

  #hold(text: Uint8Array, context: number, until: number, undecided: number): void {
    this.#held.drop(this.#held.length)
    this.#held.addPart(text, context, text.length)
    this.#given = until - context
    this.#undecided = undecided - context
    this.#searched = this.#held.length - this.#given
    for (const [secret, end] of this.#spent) {
      if (end <= undecided) this.#spent.delete(secret)
      else this.#spent.set(secret, end - context)
    }
  }
}

/** Bytes that hold at least {@link CONTEXT} characters, even if each is escaped twice. */
const CONTEXT_BYTES = 160

/** The last bytes of a text and the first of what follows. */
const edge = new Uint8Array(6)

/** Returns where the line breaks at the end of a text begin. */
function lineEnd(text: Uint8Array, length: number): number {
  let end = length
  while (end > 0 && (text[end - 1] === LF || text[end - 1] === CR)) end -= 1
  return end
}

/**
 * Returns how many bytes before the end of a text something may begin, if all of the text may be
 * emitted; negative if a quick check cannot tell.
 */
function endOf(text: Uint8Array, index: SearchIndex): number {
  const last = lineEnd(text, text.length)
  if (last < LONGEST_ESCAPE || !isPlain(text, last - LONGEST_ESCAPE, last)) return -1
  const ends = index.ends(text, last)
  return ends < 0 || ends >> 4 > 0 ? -1 : text.length - last + (ends & 15)
}

type Piece = { from: number; to: number; secret: Marked }

// By place; at one place the longest first, and of two equally long the known one.
function byPlace(one: Match, other: Match): number {
  return one.from - other.from || other.to - one.to || one.rank - other.rank
}

function contextOf(undecided: number, next: number): number {
  const first = Math.max(0, Math.min(undecided, form.length) - CONTEXT)
  const place = first < form.length ? form.placeOf(first) : next
  // In a text that is nearly all line breaks, the context would be so long that it is read again
  // and again.
  return next - place > FARTHEST_CONTEXT ? next : place
}

const FARTHEST_CONTEXT = 4096

/** Returns from where on a text is kept. Where it is nearly all escapes, that may be within one. */
function contextFrom(text: Uint8Array): number {
  const place = betweenCharacters(text, text.length - CONTEXT_BYTES, 0)
  return Math.max(place, text.length - FARTHEST_CONTEXT)
}

function replaced(
  text: Uint8Array,
  from: number,
  until: number,
  pieces: readonly Piece[],
  chunk: Uint8Array,
): Swept {
  if (pieces.length === 0) return { bytes: part(text, from, until, chunk), found: [] }
  const bytes = copied(text, from, until) as ScrubbedBytes
  const found = pieces.map(({ from: at, to, secret }): Found => {
    writeAscii(bytes, at - from, markerOfLength(secret, to - at))
    return [at - from, to - at, secret.rule]
  })
  return { bytes, found }
}

/** Returns a part of a text that ends with the chunk: a view of the chunk if possible. */
function part(text: Uint8Array, from: number, until: number, chunk: Uint8Array): ScrubbedBytes {
  const before = text.length - chunk.length
  if (from < before) return copied(text, from, until) as ScrubbedBytes
  const isWhole = from === before && until === text.length
  return (isWhole ? chunk : chunk.subarray(from - before, until - before)) as ScrubbedBytes
}

// Not `slice`: a Buffer's returns a view of the same memory.
function copied(text: Uint8Array, from: number, until: number): Uint8Array {
  return new Uint8Array(text.subarray(from, until))
}

/** Joins both; a short result is in memory that the next one overwrites. */
function joined(held: Uint8Array, chunk: Uint8Array): Uint8Array {
  const length = held.length + chunk.length
  if (length > room.length && length <= MOST_ROOM) room = new Uint8Array(MOST_ROOM)
  const text = length > room.length ? new Uint8Array(length) : room.subarray(0, length)
  text.set(held)
  text.set(chunk, held.length)
  return text
}

let room = new Uint8Array(BLOCK)
/** One read of a socket, and what was held before it. */
const MOST_ROOM = 160 * 1024
