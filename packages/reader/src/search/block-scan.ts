import type { SearchPattern } from './pattern.js'
import { wideScan } from './wide-scan.js'

/** What was found in a block of whole lines. */
export type BlockScan = {
  /** Where lines begin that are not chunks, in order. */
  records: number[]
  /** Where the pattern may match, in order. */
  hits: number[]
}

/** Searches blocks of a log for what a pattern requires, without decoding their lines. */
export type BlockScanner = {
  /**
   * Returns a buffer for a block, so that scanning needs no copy.
   *
   * @param kept bytes of the previous buffer to put at its start.
   */
  room(bytes: number, kept?: Buffer): Buffer
  scan(block: Buffer): BlockScan
  /** Notes what blocks contain, if the host can do that fast. */
  grams?: {
    /** Returns whether it could. */
    add(block: Buffer): boolean
    /** Returns what the blocks added since the last call contain (`grams.ts`). */
    take(): Buffer
  }
}

const NEWLINE = 10
const LETTER_C = 'c'.charCodeAt(0)
/** Where a line's kind begins: only that of a chunk begins with a `c`. */
export const KIND_AT = '{"kind":"'.length

/** What to search for: any one of these ASCII texts. */
export type Needles = { needles: readonly string[]; isCaseSensitive: boolean }

/** Returns the scanner for a pattern with needles; sixteen bytes at a time if the host can. */
export function blockScanner(pattern: SearchPattern): BlockScanner {
  const looked = needlesIn(pattern)
  return (looked.needles.length > 0 ? wideScan(looked) : undefined) ?? plainScan(looked)
}

/** Returns the needles of a pattern; undefined if it can match anywhere. */
export function needlesIn(pattern: SearchPattern): Needles {
  return { needles: lookedFor(pattern), isCaseSensitive: pattern.isCaseSensitive }
}

/** Returns whether a pattern can be searched for as bytes. */
export function hasNeedles(pattern: SearchPattern): boolean {
  return lookedFor(pattern).length > 0
}

/** Returns texts of which each match contains one, as typed or in another case. */
export function lookedFor({ needles, isCaseSensitive }: SearchPattern): string[] {
  if (isCaseSensitive) return [...needles]
  // Case-insensitively, `k` and `s` each have an equivalent beyond ASCII: K (Kelvin) and ſ.
  const runs = needles.map(
    (needle) => needle.split(/[ks]+/i).sort((one, other) => other.length - one.length)[0] ?? '',
  )
  return runs.every((run) => run.length > 1) ? runs : []
}

/** The same by Node's own means. */
export function plainScan({ needles, isCaseSensitive }: Needles): BlockScanner {
  let held = Buffer.alloc(0)
  const find = isCaseSensitive ? exactHits(needles) : foldedHits(needles)
  return {
    room(bytes, kept) {
      if (held.length >= bytes) return held
      held = Buffer.allocUnsafeSlow(bytes)
      kept?.copy(held)
      return held
    },
    scan: (block) => ({ records: recordsIn(block), hits: find(block) }),
  }
}

function recordsIn(block: Buffer): number[] {
  const records: number[] = []
  for (let start = 0; start < block.length; ) {
    if (block[start + KIND_AT] !== LETTER_C) records.push(start)
    const newline = block.indexOf(NEWLINE, start)
    start = newline < 0 ? block.length : newline + 1
  }
  return records
}

function exactHits(needles: readonly string[]): (block: Buffer) => number[] {
  const bytes = needles.map((needle) => Buffer.from(needle, 'latin1'))
  return (block) => {
    const hits: number[] = []
    for (const needle of bytes) {
      for (let at = block.indexOf(needle); at >= 0; at = block.indexOf(needle, at + 1)) {
        hits.push(at)
      }
    }
    return inOrder(hits, bytes.length)
  }
}

function foldedHits(needles: readonly string[]): (block: Buffer) => number[] {
  const quoted = needles.map((needle) => needle.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  const expressions = quoted.map((source) => new RegExp(`(?=${source})`, 'gi'))
  return (block) => {
    const text = block.toString('latin1')
    const hits = expressions.flatMap((expression) =>
      [...text.matchAll(expression)].map(({ index }) => index),
    )
    return inOrder(hits, expressions.length)
  }
}

/** Sorts the places found for several needles one after another. */
export function inOrder(places: number[], needles: number): number[] {
  return needles > 1 ? places.sort((one, other) => one - other) : places
}
