import { FOURS_SHIFT, fourAt, hashOfFour, hashOfThree } from './beginnings.js'
import {
  checkLayout,
  ENCODED,
  FOLLOWING_BITS,
  FOUR_HEADS_BITS,
  KEPT,
  KNOWN,
  MOST_UNKNOWN,
  PART,
  PLAIN,
  RECORD,
  SETS,
} from './candidate-layout.js'
import { SIX_BITS } from './digits.js'
import type { Meaning, SearchIndex } from './search-index.js'
import { joinsStrings, LONGEST_JOINT, mayJoin } from './shapes/joint.js'
import { isWord } from './shapes/match.js'
import { isLabel, middleKind, PEM_ANCHOR } from './shapes/pem.js'

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
  #records: number[] = []
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
    const { joins, between, six, word, label, middle } = this.#layout
    for (let byte = 0; byte < 256; byte += 1) {
      const value = SIX_BITS[byte] ?? -1
      this.#bytes[joins + byte] = Number(mayJoin(byte))
      this.#bytes[between + byte] = Number(joinsStrings(byte))
      this.#bytes[six + byte] = value < 0 ? NO_SIX_BITS : value
      this.#bytes[word + byte] = Number(isWord(byte))
      this.#bytes[label + byte] = Number(isLabel(byte))
      this.#bytes[middle + byte] = middleKind(byte)
    }
  }

  /**
   * Returns how many candidates are left.
   *
   * @param index what is searched for.
   * @param to the length of the text.
   */
  check(index: SearchIndex, count: number, to: number): number {
    const { heads, headsLength, memos, memosLength, decodedAt, unknown } = this.#layout
    if (this.#index !== index) {
      this.#bytes.fill(0, heads, heads + headsLength)
      this.#index = index
      this.#sets.clear()
      this.#records = []
      this.#end = this.#layout.records
    }
    this.#bytes.fill(0, memos, memos + memosLength)
    this.#numbers.fill(0, decodedAt >> 2, (decodedAt >> 2) + 8)
    this.#numbers[unknown >> 2] = 0
    for (const record of this.#records) this.#numbers[(record + RECORD.noneBefore) >> 2] = 0
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
    const known = new Map<string, Uint8Array[]>()
    for (const { bytes, meaning } of index.beginningWith(hash)) {
      if (this.#end + MOST_RECORD > this.#layout.end) return
      if (meaning.kind !== 'known') {
        this.#shape(bytes, meaning)
        continue
      }
      const beginning = String(bytes.subarray(0, KNOWN_BYTES))
      const alike = known.get(beginning)
      if (alike === undefined) known.set(beginning, [bytes])
      else alike.push(bytes)
    }
    for (const alike of known.values()) {
      if (this.#end + MOST_RECORD > this.#layout.end) return
      this.#secrets(alike)
    }
    if (this.#numbers[head] === 0) this.#numbers[head] = NO_MORE_BEGINS
  }

  /** Writes one record for known secrets that begin alike. */
  #secrets(alike: readonly Uint8Array[]): void {
    const beginning = sharedBeginning(alike)
    const { length } = beginning
    if (alike.some((bytes) => bytes.length < length + 4)) {
      this.#record(beginning)
      return
    }
    const bits = new Uint8Array(2 ** (FOLLOWING_BITS - 3))
    for (const bytes of alike) {
      const hash = hashOfFour(bytes, length) >>> (FOURS_BITS - FOLLOWING_BITS)
      bits[hash >> 3] = (bits[hash >> 3] ?? 0) | (1 << (hash & 7))
    }
    const following = this.#write(bits)
    this.#record(beginning, { kind: KNOWN, following })
  }

  #shape(bytes: Uint8Array, meaning: Exclude<Meaning, { kind: 'known' }>): void {
    const { pattern } = meaning
    const isEncoded = meaning.kind === 'encoded'
    const kind = isEncoded ? ENCODED : PLAIN
    const before = isEncoded ? meaning.before : 0
    const place = { kind, before, group: meaning.length }
    if (pattern === 'pem') {
      const anchorLength = PEM_ANCHOR.length
      this.#record(bytes, { ...place, isPem: 1, anchorLength, isAnywhere: 1 })
      return
    }
    const { whole, shape, behind } = pattern
    const { parts, isBounded, needs, longest, secretTo } = whole
    const isKnown = parts.length <= MOST_PARTS && parts.every(({ set }) => set < SETS)
    if (!isKnown) {
      this.#record(bytes)
      return
    }
    const sets = parts.map(({ of }) => this.#set(of))
    const behindSet = behind === undefined || shape.behind === undefined ? 0 : this.#set(behind)
    const anchor = this.#write(pattern.anchor)
    const record = this.#record(bytes, {
      ...place,
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
      parts: parts.length,
      isFixed: Number(parts.slice(0, -1).every(({ least, most }) => least === most)),
      isFourLeast: Number((parts[0]?.least ?? 0) > 3),
    })
    for (const [number, { set, least, most }] of parts.entries()) {
      const at = (record + RECORD.firstPart + PART.size * number) >> 2
      this.#numbers.set([sets[number] ?? 0, 8 * set, least, most], at)
    }
    this.#end = record + RECORD.firstPart + PART.size * parts.length
  }

  /** Writes a record and returns where it is. */
  #record(
    bytes: Uint8Array,
    words: Partial<Record<keyof typeof RECORD, number>> = { kind: KEPT },
  ): number {
    const written = this.#write(bytes)
    const record = this.#end
    // There may be another one from before something was learnt.
    this.#numbers.fill(0, record >> 2, (record + RECORD.firstPart) >> 2)
    const { length } = bytes
    const { heads, fourHeads } = this.#layout
    const [head, mask, tailMask] =
      length < 4
        ? [heads + 4 * hashOfThree(bytes, 0), 0xffffff, 0]
        : [fourHeads + 4 * (hashOfFour(bytes, 0) >>> (FOURS_BITS - FOUR_HEADS_BITS)), -1, -1]
    const tail = length < 4 ? 0 : fourAt(bytes, length - 4)
    const next = this.#numbers[head >> 2] ?? 0
    const all = { ...words, next, bytes: written, length, mask, tail, tailMask }
    this.#numbers[head >> 2] = record
    for (const [name, value] of Object.entries(all))
      this.#numbers[(record + RECORD[name as keyof typeof RECORD]) >> 2] = value
    this.#records.push(record)
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

/** Returns what all of these begin with, up to a length that tells nearly all of them apart. */
function sharedBeginning([first = NOTHING, ...others]: readonly Uint8Array[]): Uint8Array {
  let length = Math.min(MOST_SHARED, first.length)
  for (const other of others) {
    let alike = 0
    while (alike < length && first[alike] === other[alike]) alike += 1
    length = alike
  }
  return first.subarray(0, length)
}

const NOTHING = new Uint8Array(0)
const MOST_SHARED = 64

/** A bit that no value of a base64 character has. */
const NO_SIX_BITS = 64
/** Known secrets that share so many bytes have one record. */
const KNOWN_BYTES = 8
/** In place of a record: what begins with three bytes of this hash is longer, or nothing does. */
const NO_MORE_BEGINS = 1
const MOST_PARTS = 64
const FOURS_BITS = 32 - FOURS_SHIFT
/** With its sets and its anchor. */
const MOST_RECORD = RECORD.firstPart + MOST_PARTS * (PART.size + 256) + 16 * 1024
