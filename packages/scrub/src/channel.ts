import { mayBegin } from './beginnings.js'
import { betweenCharacters, isPlainBegin } from './byte-kinds.js'
import { BLANK, TAB } from './byte-names.js'
import { decide, type MarkShape, type Match } from './decide.js'
import { Edges } from './edges.js'
import { Growing } from './growing.js'
import type { Marked } from './marker.js'
import { NormalForm } from './normal-form.js'
import type { SearchIndex } from './search-index.js'
import { isHeldOn } from './sweep.js'

/** A secret, and where its pieces are in the answer. */
export type SecretInPieces = { pieces: { at: number; length: number }[]; secret: Marked }

/** One of the texts that an answer streams in pieces. */
export class Channel {
  /** The undecided part of it, with a little context before. */
  readonly #text = new Growing()
  /** Where its pieces are in the answer. */
  #pieces: { from: number; place: number }[] = []
  /** Where the undecided part begins in the text. */
  #undecided = 0
  /**
   * Everything before this may be emitted: it can be beyond `#undecided` by up to two letters,
   * which mean nothing yet.
   */
  #given = 0
  /** How many bytes the text had when it was last searched. */
  #searched = 0
  /** Where in the answer the part begins that must be held back; -1 if there is none. */
  heldFrom = -1
  /** Whether there are pieces that have not been searched. */
  hasNew = false
  /** Up to three last bytes of the undecided part, in normal form. */
  readonly #last = new Uint8Array(3)
  /** How far each of them is from the end of the text, in bytes. */
  readonly #lastBefore = new Int32Array(3)
  #lastLength = 0
  /** Whether the undecided part consists only of these. */
  #isNearlyDecided = true
  /** Whether it ends with a line break. */
  #endsLine = false

  /** @param place of the piece in the answer. */
  add(text: Uint8Array, from: number, to: number, place: number): void {
    this.#pieces.push({ from: this.#text.length, place })
    this.#text.addPart(text, from, to)
    this.hasNew = true
  }

  /**
   * Takes a piece in which nothing begins that is searched for, unless something may begin before
   * it and end in it.
   *
   * @param place of the piece in the answer.
   * @returns whether the piece was taken; then there is nothing to decide.
   */
  pass(text: Uint8Array, from: number, to: number, place: number, index: SearchIndex): boolean {
    if (this.hasNew || !this.#isNearlyDecided) return false
    const before = this.#lastLength
    if (this.#endsLine && before > 0 && !isPlainBegin(text[from] ?? 0)) return false
    if (!edges.read(text, from, to)) return false
    this.#endsLine = edges.endsLine || (this.#endsLine && from === to)
    const { first, firstLength } = edges
    for (let at = 0; at < before; at += 1) edge[at] = this.#last[at] ?? 0
    for (let at = 0; at < firstLength; at += 1) edge[before + at] = first[at] ?? 0
    for (let at = 0; at < before && at + 4 <= before + firstLength; at += 1)
      if (mayBegin(index.beginnings, edge, at)) return false
    this.#joinLast(to - from)
    const ends = index.ends(this.#last, this.#lastLength)
    if (ends < 0) {
      this.#isNearlyDecided = false
      return false
    }
    this.#remember(text, from, to, place)
    const end = this.#text.length
    this.#undecided = this.#before(ends & 15)
    this.#given = this.#before(ends >> 4)
    this.#searched = end - this.#given
    this.heldFrom = this.#given < end ? this.#placeOf(this.#given) : -1
    return true
  }

  /**
   * Updates the last bytes of the text with those of a piece, keeping earlier ones if the piece has
   * fewer than three.
   */
  #joinLast(length: number): void {
    const { last, lastBefore, lastLength } = edges
    const kept = Math.min(this.#lastLength, 3 - lastLength)
    const from = this.#lastLength - kept
    for (let at = 0; at < kept; at += 1) {
      this.#last[at] = this.#last[from + at] ?? 0
      this.#lastBefore[at] = (this.#lastBefore[from + at] ?? 0) + length
    }
    for (let at = 0; at < lastLength; at += 1) {
      this.#last[kept + at] = last[at] ?? 0
      this.#lastBefore[kept + at] = lastBefore[at] ?? 0
    }
    this.#lastLength = kept + lastLength
  }

  /** Returns where this many of the last bytes begin in the text. */
  #before(count: number): number {
    const { length } = this.#text
    if (count === 0) return length
    return Math.max(0, length - (this.#lastBefore[this.#lastLength - count] ?? 0))
  }

  /** Keeps as much of a decided text as is needed to tell whether a secret can begin after it. */
  #remember(text: Uint8Array, from: number, to: number, place: number): void {
    const cut = to - from > MUCH ? contextFrom(text, to, from) : from
    if (cut > from) this.#clear()
    this.#pieces.push({ from: this.#text.length, place: place + cut - from })
    this.#text.addPart(text, cut, to)
    const { length } = this.#text
    if (length <= 2 * MUCH) return
    this.#drop(contextFrom(this.#text.bytes, length, 0))
  }

  /** Gives up what is undecided. */
  forget(): void {
    this.#clear()
    this.#isNearlyDecided = true
    this.#endsLine = false
    this.#lastLength = 0
  }

  #clear(): void {
    this.#text.drop(this.#text.length)
    this.#pieces = []
    this.#undecided = 0
    this.#given = 0
    this.#searched = 0
    this.heldFrom = -1
    this.hasNew = false
  }

  /** Returns the secrets that are now certain, each with where its pieces are in the answer. */
  decide(index: SearchIndex, mark: MarkShape, isLast: boolean): SecretInPieces[] {
    this.hasNew = false
    const text = this.#text.bytes
    if (!isLast && this.heldFrom >= 0 && isHeldOn(text.length - this.#given, this.#searched))
      return []
    form.read(text, 0, text.length, isLast, index.beginnings)
    const first = form.indexOf(this.#undecided)
    const { matches, undecided, held } = decide(form, first, isLast, index, mark, false)
    const { secrets, covered } = this.#inPieces(matches, text)
    const end = form.isWithinEscape ? form.stoppedAt : text.length
    const next = Math.max(this.#undecided, undecided < form.length ? form.placeOf(undecided) : end)
    const heldAt = Math.max(covered, held < form.length ? form.placeOf(held) : end)
    this.heldFrom = heldAt < text.length ? this.#placeOf(heldAt) : -1
    this.#given = heldAt
    this.#undecided = next
    this.#noteLast(Math.min(form.length, Math.max(first, undecided)), text.length)
    const context = form.placeOf(Math.max(0, form.indexOf(next) - CONTEXT))
    this.#drop(Math.max(context, next - FARTHEST_CONTEXT))
    this.#searched = this.#text.length - this.#given
    return secrets
  }

  /**
   * Returns what would be a secret if the text ended here, and holds nothing back any more; what is
   * undecided stays so.
   */
  letGo(index: SearchIndex, mark: MarkShape): SecretInPieces[] {
    if (this.heldFrom < 0) return []
    this.heldFrom = -1
    const text = this.#text.bytes
    form.read(text, 0, text.length, true, index.beginnings)
    const first = form.indexOf(this.#undecided)
    const { secrets } = this.#inPieces(decide(form, first, true, index, mark, false).matches, text)
    if (text.length > MOST_KEPT) this.forget()
    return secrets
  }

  #inPieces(matches: Match[], text: Uint8Array): { secrets: SecretInPieces[]; covered: number } {
    let covered = Math.max(this.#undecided, this.#given)
    const secrets = matches
      .sort((one, other) => one.from - other.from || other.to - one.to || one.rank - other.rank)
      .flatMap(({ from, to, secret }) => {
        const start = Math.max(form.placeOf(from), covered)
        const end = form.endOf(to - 1, text)
        if (end <= start) return []
        covered = end
        return [{ pieces: this.#piecesOf(start, end), secret }]
      })
    return { secrets, covered }
  }

  /** @param undecided in the normal form, and the length of the text in bytes. */
  #noteLast(undecided: number, length: number): void {
    const count = form.length - undecided
    const last = this.#text.room[length - 1] ?? 0
    // What may be a line's number or mark is not one of the last bytes, and may continue.
    const isOpen = form.isWithinBreak && !isPlainBegin(last) && last !== BLANK && last !== TAB
    this.#isNearlyDecided = count <= 3 && !form.isWithinEscape && !isOpen
    this.#endsLine = form.isWithinBreak
    // If nothing begins in the last bytes, nothing that continues can begin there either.
    this.#lastLength = this.#isNearlyDecided ? count : 0
    for (let at = 0; at < this.#lastLength; at += 1) {
      this.#last[at] = form.bytes[undecided + at] ?? 0
      this.#lastBefore[at] = length - form.placeOf(undecided + at)
    }
  }

  #drop(until: number): void {
    const from = Math.min(until, this.#text.length)
    this.#text.drop(from)
    this.#undecided -= from
    this.#given -= from
    const first = this.#pieces.findIndex(
      (_, number, all) => (all[number + 1]?.from ?? Number.POSITIVE_INFINITY) > from,
    )
    if (first > 0) this.#pieces.splice(0, first)
    for (const piece of this.#pieces) {
      const cut = Math.max(0, from - piece.from)
      piece.place += cut
      piece.from += cut - from
    }
  }

  #placeOf(at: number): number {
    const piece = this.#pieces.findLast(({ from }) => from <= at)
    return piece === undefined ? 0 : piece.place + at - piece.from
  }

  #piecesOf(from: number, to: number): { at: number; length: number }[] {
    return this.#pieces.flatMap(({ from: start, place }, number) => {
      const end = this.#pieces[number + 1]?.from ?? this.#text.length
      const first = Math.max(from, start)
      const length = Math.min(to, end) - first
      return length > 0 ? [{ at: place + first - start, length }] : []
    })
  }
}

const form = new NormalForm(1024)
const edges = new Edges()

/** How many characters before a place tell whether a secret can begin there. */
const CONTEXT = 24
/** The most context kept before a place, in bytes, if that is nearly all line breaks. */
const FARTHEST_CONTEXT = 4096

/** The longest undecided text that is kept beyond what can be held back. */
const MOST_KEPT = 64 * 1024

/** Bytes that hold at least this many characters, even if each is escaped twice. */
const KEPT = 160
/** Beyond this size, what is not needed is dropped. */
const MUCH = 512

/** Returns from where on a text is kept. Where it is nearly all escapes, that may be within one. */
function contextFrom(text: Uint8Array, to: number, least: number): number {
  return Math.max(betweenCharacters(text, to - KEPT, least), to - FARTHEST_CONTEXT)
}

/** The last bytes of a text and the first ones of what follows it. */
const edge = new Uint8Array(8)
