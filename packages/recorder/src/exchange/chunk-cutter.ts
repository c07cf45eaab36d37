import type { Scrubbed } from '@tacho/format'
import type { ScrubbedBytes } from '@tacho/scrub'

/** A chunk, or the rest of one, as it goes into a record. */
export type CutChunk = {
  at: number
  bytes: ScrubbedBytes
  isContinued: boolean
  scrubbed: Scrubbed[]
}

/**
 * Gives bytes back the chunks in which they arrived. Scrubbing may hold back the end of a chunk, as
 * long as a secret could begin there; what comes out later is cut where the chunks were.
 */
export class ChunkCutter {
  #arrived: { at: number; left: number; isContinued: boolean }[] = []

  /** @param isContinued they arrived with those before. */
  arrived(at: number, length: number, isContinued: boolean): void {
    this.#arrived.push({ at, left: length, isContinued })
  }

  /** Cuts what came out of the scrubbing; `found` counts from the first of these bytes. */
  cut(bytes: ScrubbedBytes, found: readonly Scrubbed[]): CutChunk[] {
    const chunks: CutChunk[] = []
    let from = 0
    for (
      let chunk = this.#arrived[0];
      chunk !== undefined && from < bytes.length;
      chunk = this.#arrived[0]
    ) {
      const to = Math.min(bytes.length, from + chunk.left)
      const { at, isContinued } = chunk
      chunks.push({
        at,
        bytes: bytes.subarray(from, to) as ScrubbedBytes,
        isContinued,
        scrubbed: within(found, from, to),
      })
      chunk.left -= to - from
      chunk.isContinued = true
      if (chunk.left === 0) this.#arrived.shift()
      from = to
    }
    return chunks
  }
}

/** The part of each find that lies between two places, counted from the first of them. */
function within(found: readonly Scrubbed[], from: number, to: number): Scrubbed[] {
  const inside: Scrubbed[] = []
  for (const [at, length, rule] of found) {
    const begin = Math.max(at, from)
    const end = Math.min(at + length, to)
    if (begin < end) inside.push([begin - from, end - begin, rule])
  }
  return inside
}
