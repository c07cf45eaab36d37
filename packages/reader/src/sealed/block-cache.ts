import { fstatSync } from 'node:fs'
import { openBlock, type PlacedBlock } from './block.js'
import type { Codec } from './codec.js'
import { type Found, readAt, readBlocks } from './read-blocks.js'

/** Opened blocks that are held. A body that is put together from all over a log asks for the same ones again and again. */
export const CACHE_BYTES = 32 * 1024 * 1024
/** Sealed files whose blocks are known; a session has four. */
const CACHED_FILES = 8

const files = new Map<string, Found[]>()
const blocks = new Map<string, Buffer>()
let held = 0

/** The blocks of an open sealed file, by their heads; held for those who read a little here and there. */
export function knownBlocks(codec: Codec, descriptor: number): readonly Found[] {
  const { key, size } = identityOf(descriptor)
  const known = files.get(key)
  if (known !== undefined) return known
  const found = [...readBlocks(codec, descriptor, size)]
  if (files.size >= CACHED_FILES) files.clear()
  files.set(key, found)
  return found
}

/** The plain bytes of a block, held for the next who asks; nothing where it is damaged. */
export function knownBlock(
  codec: Codec,
  descriptor: number,
  block: PlacedBlock,
): Buffer | undefined {
  const key = `${identityOf(descriptor).key}:${block.packedAt}`
  const known = blocks.get(key)
  if (known !== undefined) {
    // Put last: what was not asked for the longest goes first.
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

// A sealed file is never written again; one that is put in its place is another.
function identityOf(descriptor: number): { key: string; size: number } {
  const { dev, ino, size, mtimeMs, ctimeMs } = fstatSync(descriptor)
  return { key: `${dev}:${ino}:${size}:${mtimeMs}:${ctimeMs}`, size }
}
