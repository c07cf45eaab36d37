import { readSync } from 'node:fs'
import { join } from 'node:path'
import { logParts } from '../log-parts.js'
import { openRegular } from '../open-regular.js'
import { openBlock } from '../sealed/block.js'
import { codecOf } from '../sealed/codec.js'
import { readAt, readBlocks } from '../sealed/read-blocks.js'

/** Whole lines of a log, as they stand in it. */
export type LogBlock = {
  /** The file's name in the session folder. */
  file: string
  /** Where in the plain log it begins. */
  byte: number
  /** Valid until the next block is asked for. */
  bytes: Buffer
}

/** A larger one falls out of the processor's cache; a smaller one is more often cut in a line. */
const BLOCK_BYTES = 1024 * 1024
/** A longer line is no record of ours. */
const LONGEST_BYTES = 400 * 1024 * 1024
const NEWLINE = 10

/** The lines of a log in blocks, undecoded; files that cannot be read are passed over. */
export function* logBlocks(folder: string, log: string): Generator<LogBlock> {
  for (const file of logParts(folder, log)) yield* blocksOf(folder, file)
}

function* blocksOf(folder: string, file: string): Generator<LogBlock> {
  const opened = openRegular(join(folder, file))
  if ('refused' in opened) return
  const codec = codecOf(file)
  try {
    if (codec === undefined) yield* plainBlocks(file, opened.descriptor)
    else {
      for (const found of readBlocks(codec, opened.descriptor, opened.size)) {
        if (!('block' in found)) continue
        const { byte, packedAt, packedLength } = found.block
        const bytes = openBlock(
          codec,
          found.block,
          readAt(opened.descriptor, packedAt, packedLength),
        )
        if (bytes !== undefined) yield { file, byte, bytes }
      }
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === undefined) throw cause
  } finally {
    opened[Symbol.dispose]()
  }
}

function* plainBlocks(file: string, descriptor: number): Generator<LogBlock> {
  let room = Buffer.allocUnsafe(BLOCK_BYTES)
  let [held, byte] = [0, 0]
  for (;;) {
    const filled = readSync(descriptor, room, held, room.length - held, byte + held)
    const all = room.subarray(0, held + filled)
    const end = filled === 0 ? all.length : all.lastIndexOf(NEWLINE) + 1
    if (end > 0) {
      const bytes = all.subarray(0, end)
      yield { file, byte, bytes }
      byte += end
      room.copyWithin(0, end, all.length)
      held = all.length - end
    } else held = all.length
    if (filled === 0 || held > LONGEST_BYTES) return
    if (held === room.length) {
      const larger = Buffer.allocUnsafe(room.length * 4)
      room.copy(larger, 0, 0, held)
      room = larger
    }
  }
}
