import { join } from 'node:path'
import { logParts } from './log-parts.js'
import { openRegular } from './open-regular.js'
import { codecOf } from './sealed/codec.js'
import { readBlocks } from './sealed/read-blocks.js'

/** The bytes of a log as they were written, all its parts together. */
export function plainLogSize(folder: string, log: string): number {
  return logParts(folder, log)
    .map((file) => plainSize(folder, file))
    .reduce((sum, size) => sum + size, 0)
}

/** The bytes of a log's file as they were written, before any sealing; 0 where it cannot be read. */
export function plainSize(folder: string, file: string): number {
  const opened = openRegular(join(folder, file))
  if ('refused' in opened) return 0
  try {
    const codec = codecOf(file)
    if (codec === undefined) return opened.size
    let size = 0
    for (const found of readBlocks(codec, opened.descriptor, opened.size)) {
      if ('block' in found) size = found.block.byte + found.block.length
    }
    return size
  } catch {
    return 0
  } finally {
    opened[Symbol.dispose]()
  }
}
