import { Automaton, type Pattern } from './automaton.js'
import {
  type Beginnings,
  copyOfBeginnings,
  hashOfThree,
  noteBeginning,
  TELLS,
} from './beginnings.js'
import { MINUS, UNDERSCORE } from './byte-names.js'
import type { Needle } from './needle.js'
import { bytesOf } from './shapes/pattern.js'
import { PEM_ANCHOR } from './shapes/pem.js'
import { ReadyPattern } from './shapes/ready-pattern.js'
import type { Shape } from './shapes/shape.js'

/** What was found at a place, or begins there. */
export type Meaning =
  | { kind: 'known'; needle: Needle }
  | { kind: 'shape'; pattern: ReadyPattern | 'pem'; length: number }
  | {
      /** The anchor of a shape in base64. */
      kind: 'encoded'
      pattern: ReadyPattern | 'pem'
      /** How many bytes of its first group precede it. */
      before: number
      /** From the first character of that group to the end of what was found. */
      length: number
    }

/**
 * Everything that is searched for. The anchors of shapes form one automaton for the life of the
 * process; secrets known by value are in others, so that learning one more only rebuilds a small
 * one.
 */
export class SearchIndex {
  /** What anything begins with. */
  readonly beginnings: Beginnings
  readonly #anchors: Automaton<Meaning>
  readonly #known: readonly Automaton<Meaning>[]
  readonly #all: readonly Automaton<Meaning>[]

  /** @param before an index whose needles this one finds as well. */
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
    for (const { bytes } of needles) noteBeginning(this.beginnings, { bytes, isTelling: true })
  }

  /** Returns an index that finds these as well; undefined if it is better to build a new one. */
  with(needles: readonly Needle[]): SearchIndex | undefined {
    if (this.#known.length >= MOST_AUTOMATA) return undefined
    return new SearchIndex(this.#anchors, needles, this)
  }

  /** Like {@link Automaton.search}: first the shapes, then the known secrets. */
  search(
    text: Uint8Array,
    from: number,
    to: number,
    candidates: Int32Array,
    found: (meaning: Meaning, end: number) => number,
  ): { begun: number; telling: number } {
    let [begun, telling, until] = [to, to, Number.POSITIVE_INFINITY]
    for (const automaton of this.#all) {
      const searched = automaton.search(text, from, to, candidates, until, found)
      until = searched.until
      begun = Math.min(begun, searched.begun)
      telling = Math.min(telling, searched.telling)
    }
    return { begun, telling }
  }

  /** Returns all that begins with three bytes of this hash. */
  beginningWith(hash: number): Pattern<Meaning>[] {
    return this.#all.flatMap((automaton) => automaton.beginningWith(hash))
  }

  /**
   * Returns how many of the last bytes of a text, at most three, something begins with: in the
   * lower four bits, and above them how many of those already mean something. Negative if something
   * is already complete.
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

  /** The form of a known secret that was incomplete at the end of the last search, if any. */
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

/** Each one adds a little to the cost of every search. */
const MOST_AUTOMATA = 8

const NO_CANDIDATES = new Int32Array(0)

let isFound = false

function noteFound(): number {
  isFound = true
  return Number.POSITIVE_INFINITY
}

/** Returns the automaton for the anchors of all shapes, in plain text and in base64. */
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
  const startsWord =
    pattern !== 'pem' && pattern.behind === undefined && pattern.shape.isAnywhere !== true
  const meaning = { kind: 'shape', pattern, length: anchor.length } as const
  to.push({ bytes: anchor, meaning, next, startsWord })
  for (let before = 0; before < 3; before += 1) addEncoded(to, pattern, anchor, before, next)
}

/**
 * The length up to which an anchor is searched for in base64; the rest is compared after decoding.
 */
const ENCODED_ANCHOR = 12

/** Adds the base64 of an anchor, in both alphabets, this many bytes after the start of a group. */
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

/**
 * Returns the value of a base64 character, if an anchor begins after this many bytes and is
 * followed by a given byte.
 */
function sixBits(anchor: Uint8Array, before: number, at: number, next: number): number {
  const bit = 6 * at
  const byte = (bit >> 3) - before
  const second = byte + 1 < anchor.length ? (anchor[byte + 1] ?? 0) : next
  return ((((anchor[byte] ?? 0) << 8) | second) >> (10 - (bit & 7))) & 63
}

/**
 * Returns which characters can follow those that an anchor determines. Cached, because many anchors
 * end alike.
 */
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

/** By the set of what can follow an anchor, then by how it ends. */
const nextSets = new WeakMap<Uint8Array, (Uint8Array | undefined)[]>()

const BASE64 = bytesOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
