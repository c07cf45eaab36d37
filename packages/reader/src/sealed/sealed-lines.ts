import { LINE_BYTES, LOG_WORK, Work } from '../limits.js'
import { readAt } from '../read-at.js'
import type { FileLine, LinePlace } from '../read-lines.js'
import { type Block, openBlock } from './block.js'
import { knownBlock, knownBlocks } from './block-cache.js'
import type { Codec } from './codec.js'
import { readBlocks } from './read-blocks.js'

/** The reason reported if a limit ends the reading of a log. */
export const NOT_READ_ON = 'not read from here on: it is more than is read at once'

/** Lines that cannot be read; `line` and `byte` refer to the plain log, if they are known. */
export type LostLines = { line?: number; byte?: number; lines: number; reason: string }

/**
 * Reads the lines of an open sealed file from a place in its plain log up to an offset, holding one
 * block at a time.
 *
 * @throws the system's error if reading fails.
 */
export function* readSealedLines(
  codec: Codec,
  { descriptor, size }: { descriptor: number; size: number },
  from: LinePlace,
  to: number,
  lost: (lines: LostLines) => void,
): Generator<FileLine> {
  let next: LinePlace | undefined = { byte: 0, line: 1 }
  const work = new Work(2 * LOG_WORK)
  // A caller that reads a part of a log will read another; one that reads all of it needs no block
  // twice.
  const isPart = to !== Number.POSITIVE_INFINITY
  const blocks = isPart ? knownBlocks(codec, descriptor) : readBlocks(codec, descriptor, size)
  for (const found of blocks) {
    if ('damaged' in found) {
      const { damaged, at, length } = found
      lost({
        ...next,
        lines: 0,
        reason: `${damaged} (${length} bytes from byte ${at} of the file)`,
      })
      next = undefined
      continue
    }
    const { block } = found
    if (block.byte >= to) return
    next = { byte: block.byte + block.length, line: block.line + block.lines }
    if (next.byte <= from.byte) continue
    if (block.length > LINE_BYTES) {
      const reason = `a sealed block of ${block.length} bytes is longer than any that is read`
      lost({ byte: block.byte, line: block.line, lines: block.lines, reason })
      continue
    }
    // Also for blocks without wanted lines: decompressing is work.
    if (!work.spend(block.length)) {
      lost({ byte: block.byte, line: block.line, lines: 0, reason: NOT_READ_ON })
      return
    }
    const plain = isPart
      ? knownBlock(codec, descriptor, block)
      : openBlock(codec, block, readAt(descriptor, block.packedAt, block.packedLength))
    if (plain !== undefined) yield* linesOf(block, plain, from, to)
    else {
      const reason = `a sealed block of ${block.lines} lines is damaged`
      lost({ byte: block.byte, line: block.line, lines: block.lines, reason })
    }
  }
}

const NEWLINE = 10

function* linesOf(block: Block, plain: Buffer, from: LinePlace, to: number): Generator<FileLine> {
  const isInside = from.byte > block.byte
  let line = isInside ? from.line : block.line
  let start = isInside ? from.byte - block.byte : 0
  while (start < plain.length && block.byte + start < to) {
    const found = plain.indexOf(NEWLINE, start)
    const end = found < 0 ? plain.length : found
    const bytes = plain.subarray(start, end)
    yield { byte: block.byte + start, line, length: end - start, bytes, isTorn: found < 0 }
    line += 1
    start = end + 1
  }
}
