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

export type SearchIndex = Automaton<Meaning>

/** The beginnings of all shapes, in plain text and in base64. */
export function anchorsOf(shapes: readonly Shape[]): Pattern<Meaning>[] {
  const patterns = shapes.flatMap((shape) =>
    shape.patterns.map((source): ReadyPattern => {
      const { behind } = shape
      return { ...readPattern(source), shape, behind: behind && setOf(behind.of) }
    }),
  )
  return [
    ...anchorOf(
      'pem',
      Uint8Array.from(PEM_ANCHOR, (character) => character.charCodeAt(0)),
    ),
    ...patterns.flatMap((pattern) => anchorOf(pattern, pattern.anchor)),
  ]
}

export function searchIndex(
  anchors: readonly Pattern<Meaning>[],
  needles: readonly Needle[],
): SearchIndex {
  const known = needles.map(
    (needle): Pattern<Meaning> => ({
      bytes: needle.bytes,
      meaning: { kind: 'known', needle },
      isTelling: true,
    }),
  )
  return new Automaton([...anchors, ...known])
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
