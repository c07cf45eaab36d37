import type { Scrubbed } from '@tacho/format'
import type { ScrubbedBytes } from '@tacho/scrub'

/** A chunk, or the rest of one, as it is recorded. */
export type CutChunk = {
  at: number
  bytes: ScrubbedBytes
  isContinued: boolean
  scrubbed: Scrubbed[]
}

/**
 * Restores the chunk boundaries of arriving bytes. Scrubbing may hold back the end of a chunk while
 * a secret could begin there; its output is cut where the chunks were.
 */
export class ChunkCutter {
  #arrived: { at: number; left: number; isContinued: boolean }[] = []

  /** @param isContinued whether they arrived together with the previous ones. */
  arrived(at: number, length: number, isContinued: boolean): void {
    this.#arrived.push({ at, left: length, isContinued })
  }

  /** Cuts scrubbed output; the offsets in `found` count from the first of these bytes. */
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

/** Returns the part of each match that lies in a range, with offsets from its start. */
function within(found: readonly Scrubbed[], from: number, to: number): Scrubbed[] {
  const inside: Scrubbed[] = []
  for (const [at, length, rule] of found) {
    const begin = Math.max(at, from)
    const end = Math.min(at + length, to)
    if (begin < end) inside.push([begin - from, end - begin, rule])
  }
  return inside
}
