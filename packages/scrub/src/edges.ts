import { betweenCharacters, isPlainBegin, shortEscapeOf } from './byte-kinds.js'
import { BACKSLASH, BLANK, CR, ESCAPE, LETTER_N, LETTER_R, LF, PERCENT, TAB } from './byte-names.js'

/** Reads how a piece of text begins and ends in normal form, if a quick look is enough. */
export class Edges {
  /** Up to three first bytes. */
  readonly first = new Uint8Array(3)
  firstLength = 0
  /** Up to three last bytes, and how far before its end each of them is. */
  readonly last = new Uint8Array(3)
  readonly lastBefore = new Int32Array(3)
  lastLength = 0
  /** Whether it ends with a line break. */
  endsLine = false

  /** @returns whether it could; not if something needs the full reader. */
  read(text: Uint8Array, from: number, to: number): boolean {
    this.firstLength = 0
    this.lastLength = 0
    this.endsLine = false
    let at = from
    let jumped = from
    while (at < to) {
      const byte = text[at] ?? 0
      if (byte === BACKSLASH) {
        const next = this.#escape(text, at, to)
        if (next < 0) return false
        at = next
      } else if (byte === PERCENT || byte === ESCAPE || byte < TAB || byte === LF || byte === CR)
        return false
      else {
        this.#put(byte, to - at)
        at += 1
      }
      if (this.firstLength === 3 && jumped === from && to - at > 2 * LOOKED_AT) {
        at = betweenCharacters(text, to - LOOKED_AT, at)
        jumped = at
      }
    }
    // After a jump into the indentation of a line, the bytes read may be incomplete.
    return jumped === from || to - (this.lastBefore[0] ?? 0) > jumped + LOOKED_AT / 2
  }

  #put(byte: number, before: number): void {
    if (this.firstLength < 3) {
      this.first[this.firstLength] = byte
      this.firstLength += 1
    }
    const { last, lastBefore } = this
    if (this.lastLength === 3) {
      last[0] = last[1] ?? 0
      last[1] = last[2] ?? 0
      lastBefore[0] = lastBefore[1] ?? 0
      lastBefore[1] = lastBefore[2] ?? 0
      this.lastLength = 2
    }
    last[this.lastLength] = byte
    lastBefore[this.lastLength] = before
    this.lastLength += 1
  }

  /**
   * Reads an escape and, if that is a line break, the indentation of the next line. Returns where
   * it ends.
   */
  #escape(text: Uint8Array, from: number, to: number): number {
    let at = from + 1
    while (at < to && text[at] === BACKSLASH) at += 1
    if (at === to || at - from >= MOST_BACKSLASHES) return -1
    const byte = text[at] ?? 0
    at += 1
    if (byte !== LETTER_N && byte !== LETTER_R) {
      const code = shortEscapeOf(byte)
      if (code === 0) return -1
      this.#put(code, to - from)
      return at
    }
    // More line breaks, as they usually follow.
    for (; at < to; at += 1) {
      if (text[at] === BACKSLASH && text[at + 1] === LETTER_N && at + 1 < to) at += 1
      else if (text[at] !== BLANK && text[at] !== TAB) break
    }
    if (at === to) this.endsLine = true
    else if (!isPlainBegin(text[at] ?? 0) && !isLineBreak(text, at, to)) return -1
    return at
  }
}

function isLineBreak(text: Uint8Array, at: number, to: number): boolean {
  if (text[at] !== BACKSLASH || at + 1 >= to) return false
  return text[at + 1] === LETTER_N || text[at + 1] === LETTER_R
}

/** How many bytes at the end of a long piece are read; its middle is skipped. */
const LOOKED_AT = 192
const MOST_BACKSLASHES = 32
