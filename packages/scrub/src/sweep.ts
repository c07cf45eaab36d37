import { markerOfLength, writeAscii } from './marker.js'
import { Comparer, type Needle } from './needle.js'
import type { NeedleIndex } from './needle-index.js'

/** A secret that was replaced: its place, its length, in bytes, its rule. */
export type Found = [at: number, length: number, rule: string]

/** Bytes without secrets, and what was replaced in them; places count from the first of them. */
export type Swept = { bytes: Uint8Array; found: Found[] }

const NOTHING = new Uint8Array(0)

/**
 * Goes over one body from front to end, in one piece or in many, and replaces what it finds.
 *
 * At each place the longest needle counts. Where a secret begins within another one and ends
 * behind it, the rest of it is replaced as well; only an occurrence that overlaps an earlier one
 * of the same needle is passed over, as in a search-and-replace.
 */
export class Sweep {
  /** From the first place that is undecided: what begins there reaches beyond what has come. */
  #held: Uint8Array = NOTHING
  /** How much of the held bytes lies under a secret that began before them, and is out already. */
  #covered = 0
  /** Where the last occurrence of a needle ended, as long as that is ahead. */
  #spent = new Map<Needle, number>()

  /**
   * Takes the next bytes and gives those that are decided. What is given may share memory with
   * what was taken; what is held does not.
   *
   * @param isLast nothing follows: the rest comes out, too.
   */
  push(chunk: Uint8Array, index: NeedleIndex | undefined, isLast: boolean): Swept {
    const text = this.#held.length === 0 ? chunk : joined(this.#held, chunk)
    const written = this.#covered
    const pieces: Piece[] = []
    const undecided = index === undefined ? text.length : this.#decide(text, index, isLast, pieces)
    const until = Math.max(undecided, this.#covered)
    this.#hold(text, undecided)
    return replaced(text, written, until, pieces)
  }

  /** Gives the first place that is undecided. */
  #decide(text: Uint8Array, index: NeedleIndex, isLast: boolean, pieces: Piece[]): number {
    const comparer = new Comparer()
    const decide = (at: number): boolean => {
      for (const needle of index.beginningAt(text, at)) {
        if (at < (this.#spent.get(needle) ?? 0)) continue
        const matching = comparer.matching(needle, text, at)
        if (matching === needle.bytes.length) {
          this.#cover(at, needle, pieces)
          return true
        }
        if (!isLast && at + matching === text.length) return false
      }
      return true
    }
    // From here on a needle may reach beyond the text.
    const tail = isLast ? text.length : Math.max(0, text.length - index.longest + 1)
    for (let at = index.next(text, 0); at >= 0 && at < tail; at = index.next(text, at + 1)) {
      decide(at)
    }
    for (let at = tail; at < text.length; at += 1) if (!decide(at)) return at
    return text.length
  }

  #cover(at: number, needle: Needle, pieces: Piece[]): void {
    const end = at + needle.bytes.length
    this.#spent.set(needle, end)
    if (end <= this.#covered) return
    pieces.push({ at: Math.max(at, this.#covered), end, needle })
    this.#covered = end
  }

  #hold(text: Uint8Array, undecided: number): void {
    this.#held = undecided < text.length ? copied(text, undecided, text.length) : NOTHING
    this.#covered = Math.max(0, this.#covered - undecided)
    for (const [needle, end] of this.#spent) {
      if (end <= undecided) this.#spent.delete(needle)
      else this.#spent.set(needle, end - undecided)
    }
  }
}

type Piece = { at: number; end: number; needle: Needle }

function replaced(text: Uint8Array, from: number, until: number, pieces: Piece[]): Swept {
  if (pieces.length === 0) {
    const isWhole = from === 0 && until === text.length
    return { bytes: isWhole ? text : text.subarray(from, until), found: [] }
  }
  const bytes = copied(text, from, until)
  const found = pieces.map(({ at, end, needle: { secret } }): Found => {
    writeAscii(bytes, at - from, markerOfLength(secret, end - at))
    return [at - from, end - at, secret.rule]
  })
  return { bytes, found }
}

// Not `slice`: a Buffer's gives a view of the same memory.
function copied(text: Uint8Array, from: number, until: number): Uint8Array {
  return new Uint8Array(text.subarray(from, until))
}

function joined(held: Uint8Array, chunk: Uint8Array): Uint8Array {
  const text = new Uint8Array(held.length + chunk.length)
  text.set(held)
  text.set(chunk, held.length)
  return text
}
