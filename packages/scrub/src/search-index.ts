import { Automaton, type Pattern } from './automaton.js'
import type { Needle } from './needle.js'
import type { ReadyPattern } from './shapes/match.js'
import { readPattern } from './shapes/pattern.js'
import { PEM_ANCHOR } from './shapes/pem.js'
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
 * known by its value is another, so that to learn one more builds no more than that anew.
 */
export class SearchIndex {
  /** By the hash of three bytes, whether anything begins with them. */
  readonly beginnings: Uint8Array
  readonly #anchors: Automaton<Meaning>
  readonly #known: Automaton<Meaning>

  constructor(anchors: Automaton<Meaning>, needles: readonly Needle[]) {
    this.#anchors = anchors
    this.#known = new Automaton(
      needles.map((needle) => ({
        bytes: needle.bytes,
        meaning: { kind: 'known', needle },
        isTelling: true,
      })),
    )
    this.beginnings = Uint8Array.from(anchors.beginnings)
    const known = this.#known.beginnings
    for (let hash = 0; hash < known.length; hash += 1)
      if (known[hash] === 1) this.beginnings[hash] = 1
  }

  /** As {@link Automaton.search} does: first the shapes, then what is known. */
  search(
    text: Uint8Array,
    from: number,
    to: number,
    candidates: Int32Array,
    found: (meaning: Meaning, end: number) => void,
  ): { begun: number; telling: number } {
    const shapes = this.#anchors.search(text, from, to, candidates, found)
    const known = this.#known.search(text, from, to, candidates, found)
    return {
      begun: Math.min(shapes.begun, known.begun),
      telling: Math.min(shapes.telling, known.telling),
    }
  }

  /** The form of a known secret whose beginning reached the end of what was searched last, if one did. */
  get unfinished(): { needle: Needle; length: number } | undefined {
    const { meaning, length = 0 } = this.#known.unfinished ?? {}
    return meaning?.kind === 'known' ? { needle: meaning.needle, length } : undefined
  }
}

/** Finds the beginnings of all shapes, in plain text and in base64. */
export function anchorsOf(shapes: readonly Shape[]): Automaton<Meaning> {
  const patterns = shapes.flatMap((shape) =>
    shape.patterns.map((source): ReadyPattern => {
      const { behind } = shape
      return { ...readPattern(source), shape, behind: behind && setOf(behind.of) }
    }),
  )
  return new Automaton([
    ...anchorOf(
      'pem',
      Uint8Array.from(PEM_ANCHOR, (character) => character.charCodeAt(0)),
    ),
    ...patterns.flatMap((pattern) => anchorOf(pattern, pattern.anchor)),
  ])
}

function setOf(characters: string): Uint8Array {
  const set = new Uint8Array(256)
  for (const character of characters) set[character.charCodeAt(0)] = 1
  return set
}

function anchorOf(pattern: ReadyPattern | 'pem', anchor: Uint8Array): Pattern<Meaning>[] {
  const plain: Pattern<Meaning> = {
    bytes: anchor,
    meaning: { kind: 'shape', pattern, length: anchor.length },
  }
  return [plain, ...encodedAnchors(pattern, anchor)]
}

/** No more of an anchor is looked for in base64: what else there is, is compared when it is decoded. */
const ENCODED_ANCHOR = 12

function encodedAnchors(pattern: ReadyPattern | 'pem', anchor: Uint8Array): Pattern<Meaning>[] {
  const binary = String.fromCharCode(...anchor.subarray(0, ENCODED_ANCHOR))
  return [0, 1, 2].flatMap((before) => {
    const base64 = btoa('\0'.repeat(before) + binary)
    const from = Math.ceil((before * 8) / 6)
    const to = Math.floor(((before + binary.length) * 8) / 6)
    const core = base64.slice(from, to)
    const spellings = new Set([core, core.replaceAll('+', '-').replaceAll('/', '_')])
    return Array.from(
      spellings,
      (spelling): Pattern<Meaning> => ({
        bytes: Uint8Array.from(spelling, (character) => character.charCodeAt(0)),
        meaning: { kind: 'encoded', pattern, before, length: to },
      }),
    )
  })
}
