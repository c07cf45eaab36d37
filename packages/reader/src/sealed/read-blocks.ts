import { SEALED_BLOCKS } from '../limits.js'
import { readAt } from '../read-at.js'
import { decodeHead, type PlacedBlock } from './block.js'
import { type Codec, DESCRIPTION_BYTES } from './codec.js'

/** What is in a sealed file: a block, or bytes that cannot be read. */
export type Found = { block: PlacedBlock } | { damaged: string; at: number; length: number }

/**
 * Yields the blocks of an open sealed file, in order, from their heads alone. After a damaged head,
 * searches for the next good one.
 */
export function* readBlocks(codec: Codec, descriptor: number, size: number): Generator<Found> {
  const headLength = codec.prefix.length + DESCRIPTION_BYTES
  let at = 0
  let last: PlacedBlock | undefined
  let blocks = 0
  while (at < size) {
    blocks += 1
    if (blocks > SEALED_BLOCKS) {
      yield { damaged: 'more sealed blocks than are read', at, length: size - at }
      return
    }
    const block = decodeHead(codec, readAt(descriptor, at, headLength))
    const end = at + headLength + (block?.packedLength ?? 0)
    if (block === undefined || end > size) {
      const next = nextHead(codec, descriptor, at + 1, size)
      const damaged = block === undefined ? 'no sealed block' : 'a sealed block is cut off'
      yield { damaged, at, length: next - at }
      at = next
      continue
    }
    last = { ...block, packedAt: at + headLength }
    yield { block: last }
    at = end
  }
  if (last?.isLast !== true) {
    yield { damaged: 'the last sealed block is missing', at: size, length: 0 }
  }
}

const SEARCH_BYTES = 256 * 1024

function nextHead(codec: Codec, descriptor: number, from: number, size: number): number {
  const headLength = codec.prefix.length + DESCRIPTION_BYTES
  for (let at = from; at < size; at += SEARCH_BYTES) {
    // A head can begin in this step and end in the next.
    const part = readAt(descriptor, at, SEARCH_BYTES + headLength)
    for (let found = part.indexOf(codec.prefix); found >= 0 && found < SEARCH_BYTES; ) {
      if (decodeHead(codec, part.subarray(found)) !== undefined) return at + found
      found = part.indexOf(codec.prefix, found + 1)
    }
  }
  return size
}
