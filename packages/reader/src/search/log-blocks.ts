import { readSync } from 'node:fs'
import { join } from 'node:path'
import { LINE_BYTES, LOG_WORK, Work } from '../limits.js'
import { openRegular } from '../open-regular.js'
import { readAt } from '../read-at.js'
import { openBlock } from '../sealed/block.js'
import { codecOf } from '../sealed/codec.js'
import { readBlocks } from '../sealed/read-blocks.js'
import type { BlockScanner } from './block-scan.js'

/** Whole lines of a log, as they are in it. */
export type LogBlock = {
  /** The file's name in the session folder. */
  file: string
  /** The offset in the plain log at which it begins. */
  byte: number
  /** Valid until the next block is requested. */
  bytes: Buffer
}

/** A larger one does not fit in the processor's cache. */
const BLOCK_BYTES = 256 * 1024
const NEWLINE = 10

type Room = BlockScanner['room']

/** Whole lines of a file, by their offsets in the plain log. */
type Range = { file: string; from: number; to: number }

/**
 * Reads the lines of a log's files in blocks, without decoding; skips files that cannot be read, and lines
 * longer than the limit.
 *
 * @param passed called if something was skipped because of a limit.
 * @param ranges only yield these; of a sealed file at least these.
 */
export function* logBlocks(
  folder: string,
  files: readonly string[],
  room: Room,
  passed: () => void,
  ranges?: readonly Range[],
): Generator<LogBlock> {
  const limits = { work: new Work(2 * LOG_WORK), passed }
  for (const file of files) {
    const asked = ranges?.filter((range) => range.file === file)
    if (asked?.length !== 0) yield* blocksOf(folder, file, room, limits, asked)
  }
}

/** The cost limit of one pass over a log, and what to call if it was not enough. */
type Limits = { work: Work; passed: () => void }

function* blocksOf(
  folder: string,
  file: string,
  room: Room,
  limits: Limits,
  ranges: readonly Pick<Range, 'from' | 'to'>[] = [ALL],
): Generator<LogBlock> {
  const opened = openRegular(join(folder, file))
  if ('refused' in opened) return
  const codec = codecOf(file)
  try {
    if (codec === undefined) {
      for (const range of ranges) {
        yield* plainBlocks(file, opened.descriptor, room, limits, range)
      }
    } else {
      for (const found of readBlocks(codec, opened.descriptor, opened.size)) {
        if (!('block' in found)) continue
        const { byte, packedAt, packedLength, length } = found.block
        if (length > LINE_BYTES || !limits.work.spend(length)) {
          limits.passed()
          continue
        }
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

const ALL = { from: 0, to: Number.POSITIVE_INFINITY }

function* plainBlocks(
  file: string,
  descriptor: number,
  room: Room,
  { work, passed }: Limits,
  { from, to }: Pick<Range, 'from' | 'to'>,
): Generator<LogBlock> {
  let [held, byte] = [0, from]
  let bytes = room(BLOCK_BYTES)
  // Inside a line that is too long, until its end.
  let isPassing = false
  for (;;) {
    const asked = Math.min(bytes.length - held, BLOCK_BYTES, to - byte - held)
    const filled = readSync(descriptor, bytes, held, asked, byte + held)
    const all = held + filled
    if (!work.spend(filled)) {
      passed()
      return
    }
    if (isPassing) {
      const end = bytes.subarray(0, all).indexOf(NEWLINE)
      const next = end < 0 ? all : end + 1
      isPassing = end < 0
      byte += next
      bytes.copyWithin(0, next, all)
      held = all - next
      if (filled === 0) return
      continue
    }
    const newline = bytes.subarray(held, all).lastIndexOf(NEWLINE)
    const end = filled === 0 ? all : newline < 0 ? 0 : held + newline + 1
    if (end > 0) {
      yield { file, byte, bytes: bytes.subarray(0, end) }
      byte += end
      bytes.copyWithin(0, end, all)
    }
    held = all - end
    if (filled === 0) return
    if (held > LINE_BYTES) {
      passed()
      isPassing = true
      byte += held
      held = 0
      continue
    }
    if (bytes.length - held < BLOCK_BYTES / 2) {
      const larger = bytes.length * (bytes.length < DOUBLED_BYTES ? 2 : 4)
      bytes = room(larger, bytes.subarray(0, held))
    }
  }
}

/** A line this long may well be much longer. */
const DOUBLED_BYTES = 4 * 1024 * 1024
