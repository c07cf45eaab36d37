import { Automaton, type Pattern } from './automaton.js'
import {
  type Beginnings,
  copyOfBeginnings,
  hashOfThree,
  noteBeginning,
  TELLS,
} from './beginnings.js'
import type { Needle } from './needle.js'
import { bytesOf } from './shapes/pattern.js'
import { PEM_ANCHOR } from './shapes/pem.js'
import { ReadyPattern } from './shapes/ready-pattern.js'
import type { Shape } from './shapes/shape.js'

/** What was found to begin, or to stand, at a place. */
export type Meaning =
  | { kind: 'known'; needle: Needle }
  | { kind: 'shape'; pattern: ReadyPattern | 'pem'; length: number }
  | {
      /** The anchor of a shape in base64. */
      kind: 'encoded'
      pattern: ReadyPattern | 'pem'
      /** Bytes of its first group that stand before it. */
      before: number
      /** From the first character of that group to the end of what was found. */
      length: number
    }

/**
 * What is searched for. What shapes begin with is one automaton for as long as the process lives; what is
 * known by its value is in others, so that to learn one more builds a small one anew.
 */
export class SearchIndex {
  /** What anything begins with. */
  readonly beginnings: Beginnings
  readonly #anchors: Automaton<Meaning>
  readonly #known: readonly Automaton<Meaning>[]
  readonly #all: readonly Automaton<Meaning>[]

  /** @param before finds others beside these. */
  constructor(anchors: Automaton<Meaning>, needles: readonly Needle[], before?: SearchIndex) {
    this.#anchors = anchors
    const known = new Automaton<Meaning>(
      needles.map((needle) => ({
        bytes: needle.bytes,
        meaning: { kind: 'known', needle },
        isTelling: true,
      })),
    )
    this.#known = before === undefined ? [known] : [...before.#known, known]
    this.#all = [anchors, ...this.#known]
    this.beginnings = copyOfBeginnings((before ?? anchors).beginnings)
    for (const { bytes } of needles) noteBeginning(this.beginnings, bytes, undefined, true)
  }

  /** The same that finds some more; nothing where one that is made anew is the better one. */
  with(needles: readonly Needle[]): SearchIndex | undefined {
    if (this.#known.length >= MOST_AUTOMATA) return undefined
    return new SearchIndex(this.#anchors, needles, this)
  }

  /** As {@link Automaton.search} does: first the shapes, then what is known. */
  search(
    text: Uint8Array,
    from: number,
    to: number,
    candidates: Int32Array,
    found: (meaning: Meaning, end: number) => void,
  ): { begun: number; telling: number } {
    let [begun, telling] = [to, to]
    for (const automaton of this.#all) {
      const searched = automaton.search(text, from, to, candidates, found)
      begun = Math.min(begun, searched.begun)
      telling = Math.min(telling, searched.telling)
    }
    return { begun, telling }
  }

  /**
   * How many bytes at the end of a text, of three at the most, something begins with that is searched for;
   * of two numbers the lower four bits, and above them those that tell something. Less than 0 where something is
   * there already.
   */
  ends(text: Uint8Array, length: number): number {
    const { threes, twos, ones } = this.beginnings
    if (length > 2 && threes[hashOfThree(text, length - 3)] === 1)
      return this.#endsByThree(text, length)
    const last = text[length - 1] ?? 0
    const two = length > 1 ? (twos[((text[length - 2] ?? 0) << 8) | last] ?? 0) : 0
    const one = length > 0 ? (ones[last] ?? 0) : 0
    return (two > 0 ? 2 : one > 0 ? 1 : 0) | ((two === TELLS ? 2 : one === TELLS ? 1 : 0) << 4)
  }

  #endsByThree(text: Uint8Array, length: number): number {
    isFound = false
    const { begun, telling } = this.search(text, length - 3, length, NO_CANDIDATES, noteFound)
    return isFound ? -1 : (length - begun) | ((length - telling) << 4)
  }

  /** The form of a known secret whose beginning reached the end of what was searched last, if one did. */
  get unfinished(): { needle: Needle; length: number } | undefined {
    let longest: { needle: Needle; length: number } | undefined
    for (const automaton of this.#known) {
      const { meaning, length = 0 } = automaton.unfinished ?? {}
      if (meaning?.kind === 'known' && length > (longest?.length ?? 0))
        longest = { needle: meaning.needle, length }
    }
    return longest
  }
}

/** Each costs a little with all that is searched. */
const MOST_AUTOMATA = 8

const NO_CANDIDATES = new Int32Array(0)

let isFound = false

function noteFound(): void {
  isFound = true
}

/** Finds the beginnings of all shapes, in plain text and in base64. */
export function anchorsOf(shapes: readonly Shape[]): Automaton<Meaning> {
  const found: Pattern<Meaning>[] = []
  addAnchor(found, 'pem', bytesOf(PEM_ANCHOR))
  for (const shape of shapes) {
    const behind = shape.behind && setOf(shape.behind.of)
    for (const source of shape.patterns) {
      const pattern = new ReadyPattern(source, shape, behind)
      addAnchor(found, pattern, pattern.anchor)
    }
  }
  return new Automaton(found)
}

function setOf(characters: string): Uint8Array {
  const set = new Uint8Array(256)
  for (const byte of bytesOf(characters)) set[byte] = 1
  return set
}

function addAnchor(
  to: Pattern<Meaning>[],
  pattern: ReadyPattern | 'pem',
  anchor: Uint8Array,
): void {
  const next = pattern !== 'pem' && anchor.length === 3 ? pattern.next : undefined
  to.push({ bytes: anchor, meaning: { kind: 'shape', pattern, length: anchor.length }, next })
  for (let before = 0; before < 3; before += 1) addEncoded(to, pattern, anchor, before, next)
}

/** No more of an anchor is looked for in base64: what else there is, is compared when it is decoded. */
const ENCODED_ANCHOR = 12

/** What an anchor is in base64 of both alphabets, this many bytes behind the beginning of a group. */
function addEncoded(
  to: Pattern<Meaning>[],
  pattern: ReadyPattern | 'pem',
  anchor: Uint8Array,
  before: number,
  next: Uint8Array | undefined,
): void {
  const from = Math.ceil((before * 8) / 6)
  const length = Math.floor(((before + Math.min(anchor.length, ENCODED_ANCHOR)) * 8) / 6)
  const bytes = new Uint8Array(length - from)
  const url = new Uint8Array(length - from)
  let isSame = true
  for (let at = from; at < length; at += 1) {
    const six = sixBits(anchor, before, at, 0)
    bytes[at - from] = BASE64[six] ?? 0
    url[at - from] = six < 62 ? (BASE64[six] ?? 0) : six === 62 ? MINUS : UNDERSCORE
    isSame &&= six < 62
  }
  const meaning = { kind: 'encoded', pattern, before, length } as const
  const follows =
    bytes.length === 3 && next ? nextInBase64(anchor, before, length, next) : undefined
  to.push({ bytes, meaning, next: follows })
  if (!isSame) to.push({ bytes: url, meaning, next: follows })
}

/** What a character of base64 stands for, where an anchor begins this many bytes before, and a byte follows it. */
function sixBits(anchor: Uint8Array, before: number, at: number, next: number): number {
  const bit = 6 * at
  const byte = (bit >> 3) - before
  const second = byte + 1 < anchor.length ? (anchor[byte + 1] ?? 0) : next
  return ((((anchor[byte] ?? 0) << 8) | second) >> (10 - (bit & 7))) & 63
}

/** Which characters can stand behind those that an anchor fills: many end alike, and each is asked once. */
function nextInBase64(
  anchor: Uint8Array,
  before: number,
  at: number,
  next: Uint8Array,
): Uint8Array {
  const known = nextSets.get(next) ?? []
  nextSets.set(next, known)
  const number = (before << 8) | (anchor.at(-1) ?? 0)
  const set = known[number] ?? new Uint8Array(256)
  if (known[number] !== undefined) return set
  known[number] = set
  for (let byte = next.indexOf(1); byte >= 0; byte = next.indexOf(1, byte + 1)) {
    const six = sixBits(anchor, before, at, byte)
    set[BASE64[six] ?? 0] = 1
    if (six > 61) set[six === 62 ? MINUS : UNDERSCORE] = 1
  }
  return set
}

/** Of what can follow an anchor, by what it ends with. */
const nextSets = new WeakMap<Uint8Array, (Uint8Array | undefined)[]>()

const MINUS = 0x2d
const UNDERSCORE = 0x5f
const BASE64 = bytesOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
