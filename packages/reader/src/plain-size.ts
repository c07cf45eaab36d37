import { join } from 'node:path'
import { logParts } from './log-parts.js'
import { openRegular } from './open-regular.js'
import { codecOf } from './sealed/codec.js'
import { readBlocks } from './sealed/read-blocks.js'

/** Returns how many bytes were written to a log, in all its parts. */
export function plainLogSize(folder: string, log: string): number {
  return logParts(folder, log)
    .map((file) => plainSize(folder, file))
    .reduce((sum, size) => sum + size, 0)
}

/** Returns the size of a log's file before any sealing; 0 if it cannot be read. */
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
