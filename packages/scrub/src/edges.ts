import { betweenCharacters, isPlainBegin, shortEscapeOf } from './normal-form.js'

/** What a piece of a text begins and ends with in its normal form, where that is told at a glance. */
export class Edges {
  /** Its first bytes, three at the most. */
  readonly first = new Uint8Array(3)
  firstLength = 0
  /** Its last bytes, three at the most, and how many bytes before its end each of them stands. */
  readonly last = new Uint8Array(3)
  readonly lastBefore = new Int32Array(3)
  lastLength = 0
  /** Whether it ends with a line break. */
  endsLine = false

  /** @returns whether it is told; not where something takes a closer look. */
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
    // Where it was jumped into the blanks before a line, the first bytes may be none of its own.
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

  /** Reads an escape, and, where it is a line break, what stands before the next line; gives where it ends. */
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
    while (at < to && (text[at] === BLANK || text[at] === TAB)) at += 1
    if (at === to) this.endsLine = true
    else if (!isPlainBegin(text[at] ?? 0) && !isLineBreak(text, at, to)) return -1
    return at
  }
}

function isLineBreak(text: Uint8Array, at: number, to: number): boolean {
  if (text[at] !== BACKSLASH || at + 1 >= to) return false
  return text[at + 1] === LETTER_N || text[at + 1] === LETTER_R
}

/** Bytes at the end of a long piece that are read, where its middle is passed over. */
const LOOKED_AT = 192
const MOST_BACKSLASHES = 32

const TAB = 0x09
const LF = 0x0a
const CR = 0x0d
const ESCAPE = 0x1b
const BLANK = 0x20
const PERCENT = 0x25
const BACKSLASH = 0x5c
const LETTER_N = 0x6e
const LETTER_R = 0x72
