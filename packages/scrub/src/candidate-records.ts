import {
  checkLayout,
  ENCODED,
  KEPT,
  MOST_UNKNOWN,
  PART,
  PLAIN,
  RECORD,
  SETS,
} from './candidate-check.js'
import { SIX_BITS } from './digits.js'
import type { Meaning, SearchIndex } from './search-index.js'
import { joinsStrings, LONGEST_JOINT, mayJoin } from './shapes/joint.js'
import { isWord } from './shapes/match.js'

/**
 * Drops candidates at which certainly nothing is found, in WebAssembly.
 *
 * What it knows of a pattern it is told when candidates have turned up for which nothing is known:
 * most patterns never occur, and a text with few candidates is not worth it.
 */
export class CandidateCheck {
  readonly #run: (count: number, to: number) => number
  readonly #layout: ReturnType<typeof checkLayout>
  readonly #bytes: Uint8Array
  readonly #numbers: Int32Array
  /** Where each set of bytes was written. */
  readonly #sets = new Map<Uint8Array, number>()
  #index: SearchIndex | undefined
  #end: number

  /**
   * @param memory in which the candidates are.
   * @param own where the part of it begins that this may use.
   * @param longest the longest text.
   * @param run the function of `checkListing`.
   */
  constructor(
    memory: WebAssembly.Memory,
    own: number,
    longest: number,
    run: (count: number, to: number) => number,
  ) {
    this.#run = run
    this.#layout = checkLayout(own, longest)
    this.#bytes = new Uint8Array(memory.buffer)
    this.#numbers = new Int32Array(memory.buffer)
    this.#end = this.#layout.records
    const { joins, between, six, word } = this.#layout
    for (let byte = 0; byte < 256; byte += 1) {
      const value = SIX_BITS[byte] ?? -1
      this.#bytes[joins + byte] = Number(mayJoin(byte))
      this.#bytes[between + byte] = Number(joinsStrings(byte))
      this.#bytes[six + byte] = value < 0 ? NO_SIX_BITS : value
      this.#bytes[word + byte] = Number(isWord(byte))
    }
  }

  /**
   * Returns how many candidates are left.
   *
   * @param index what is searched for.
   * @param to the length of the text.
   */
  check(index: SearchIndex, count: number, to: number): number {
    const { heads, memos, memosLength, decodedAt, unknown } = this.#layout
    if (this.#index !== index) {
      this.#numbers.fill(0, heads >> 2, (heads >> 2) + 0x10000)
      this.#index = index
      this.#sets.clear()
      this.#end = this.#layout.records
    }
    this.#bytes.fill(0, memos, memos + memosLength)
    this.#numbers.fill(0, decodedAt >> 2, (decodedAt >> 2) + 8)
    this.#numbers[unknown >> 2] = 0
    const left = this.#run(count, to)
    for (let number = 0; number < Math.min(MOST_UNKNOWN, this.#unknowns); number += 1)
      this.#learn(index, this.#numbers[(unknown >> 2) + 1 + number] ?? 0)
    return left
  }

  get #unknowns(): number {
    return this.#numbers[this.#layout.unknown >> 2] ?? 0
  }

  /** Writes a record for everything that begins with three bytes of this hash. */
  #learn(index: SearchIndex, hash: number): void {
    const head = (this.#layout.heads >> 2) + hash
    if (this.#numbers[head] !== 0) return
    const patterns = index.beginningWith(hash)
    let first = 0
    const known = new Set<string>()
    for (const pattern of patterns) {
      if (this.#end + MOST_RECORD > this.#layout.end) return
      if (pattern.meaning.kind === 'known') {
        const beginning = pattern.bytes.subarray(0, KNOWN_BYTES)
        const name = String(beginning)
        if (known.has(name)) continue
        known.add(name)
        first = this.#record(first, beginning)
      } else first = this.#shape(first, pattern.bytes, pattern.meaning)
    }
    this.#numbers[head] = first === 0 ? NOTHING_BEGINS : first
  }

  #shape(next: number, bytes: Uint8Array, meaning: Exclude<Meaning, { kind: 'known' }>): number {
    const { pattern } = meaning
    if (pattern === 'pem') return this.#record(next, bytes)
    const { whole, shape, behind } = pattern
    const { parts, isBounded, needs, longest, secretTo } = whole
    const isKnown = parts.length <= MOST_PARTS && parts.every(({ set }) => set < SETS)
    if (!isKnown) return this.#record(next, bytes)
    const sets = parts.map(({ of }) => this.#set(of))
    const behindSet = behind === undefined || shape.behind === undefined ? 0 : this.#set(behind)
    const anchor = this.#write(pattern.anchor)
    const record = this.#record(next, bytes, {
      kind: meaning.kind === 'encoded' ? ENCODED : PLAIN,
      isAnywhere: Number(shape.isAnywhere === true),
      behind: behindSet,
      behindLeast: shape.behind?.least ?? 0,
      behindMost: shape.behind?.most ?? 0,
      bounded: isBounded ? (parts[0]?.most ?? -1) : -1,
      needs,
      longest: longest + LONGEST_JOINT,
      isToEnd: Number(secretTo === parts.length),
      anchor,
      anchorLength: pattern.anchor.length,
      before: meaning.kind === 'encoded' ? meaning.before : 0,
      group: meaning.length,
      parts: parts.length,
    })
    for (const [number, { set, least, most }] of parts.entries()) {
      const at = (record + RECORD.firstPart + PART.size * number) >> 2
      this.#numbers.set([sets[number] ?? 0, 8 * set, least, most], at)
    }
    this.#end = record + RECORD.firstPart + PART.size * parts.length
    return record
  }

  /** Writes a record and returns where it is. */
  #record(
    next: number,
    bytes: Uint8Array,
    words: Partial<Record<keyof typeof RECORD, number>> = { kind: KEPT },
  ): number {
    const written = this.#write(bytes)
    const record = this.#end
    const mask = bytes.length < 4 ? 0xffffff : -1
    const all = { ...words, next, bytes: written, length: bytes.length, mask }
    for (const [name, value] of Object.entries(all))
      this.#numbers[(record + RECORD[name as keyof typeof RECORD]) >> 2] = value
    this.#end = record + RECORD.firstPart
    return record
  }

  #set(of: Uint8Array): number {
    const known = this.#sets.get(of)
    if (known !== undefined) return known
    const written = this.#write(of)
    this.#sets.set(of, written)
    return written
  }

  /** Writes bytes and returns where they are; what follows is aligned. */
  #write(bytes: Uint8Array): number {
    const at = this.#end
    this.#bytes.set(bytes, at)
    this.#end = (at + bytes.length + 3) & ~3
    return at
  }
}

/** A bit that no value of a base64 character has. */
const NO_SIX_BITS = 64
/** Of a known secret: beyond them it is compared where it is searched for. */
const KNOWN_BYTES = 8
/** In place of a record: the hash of something else. */
const NOTHING_BEGINS = 1
const MOST_PARTS = 64
/** With its sets and its anchor. */
const MOST_RECORD = RECORD.firstPart + MOST_PARTS * (PART.size + 256) + 16 * 1024
