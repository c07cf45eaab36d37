import { fstatSync } from 'node:fs'
import { readAt } from '../read-at.js'
import { openBlock, type PlacedBlock } from './block.js'
import type { Codec } from './codec.js'
import { type Found, readBlocks } from './read-blocks.js'

/**
 * The cache of decompressed blocks. A body assembled from all over a log needs the same ones
 * repeatedly.
 */
export const CACHE_BYTES = 32 * 1024 * 1024
/** How many sealed files have their blocks cached; a session has four. */
const CACHED_FILES = 8

const files = new Map<string, Found[]>()
const blocks = new Map<string, Buffer>()
let held = 0

/** Returns the blocks of an open sealed file, from their heads; cached for scattered reads. */
export function knownBlocks(codec: Codec, descriptor: number): readonly Found[] {
  const { key, size } = identityOf(descriptor)
  const known = files.get(key)
  if (known !== undefined) return known
  const found = [...readBlocks(codec, descriptor, size)]
  if (files.size >= CACHED_FILES) files.clear()
  files.set(key, found)
  return found
}

/** Returns the plain bytes of a block, and caches them; undefined if it is damaged. */
export function knownBlock(
  codec: Codec,
  descriptor: number,
  block: PlacedBlock,
): Buffer | undefined {
  const key = `${identityOf(descriptor).key}:${block.packedAt}`
  const known = blocks.get(key)
  if (known !== undefined) {
    // Moved to the end: the least recently used is dropped first.
    blocks.delete(key)
    blocks.set(key, known)
    return known
  }
  const packed = readAt(descriptor, block.packedAt, block.packedLength)
  const plain = openBlock(codec, block, packed)
  if (plain !== undefined) hold(key, plain)
  return plain
}

function hold(key: string, plain: Buffer): void {
  blocks.set(key, plain)
  held += plain.length
  for (const [oldest, bytes] of blocks) {
    if (held <= CACHE_BYTES) return
    blocks.delete(oldest)
    held -= bytes.length
  }
}

// A sealed file is never rewritten; one that replaces it has a different identity.
function identityOf(descriptor: number): { key: string; size: number } {
  const { dev, ino, size, mtimeMs, ctimeMs } = fstatSync(descriptor)
  return { key: `${dev}:${ino}:${size}:${mtimeMs}:${ctimeMs}`, size }
}
