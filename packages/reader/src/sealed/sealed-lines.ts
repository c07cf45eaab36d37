import type { FileLine, LinePlace } from '../read-lines.js'
import { type Block, openBlock, type PlacedBlock } from './block.js'
import type { Codec } from './codec.js'
import { readAt, readBlocks } from './read-blocks.js'

/** Lines that cannot be read; `line` and `byte` are those of the plain log, where they are known. */
export type LostLines = { line?: number; byte?: number; lines: number; reason: string }

/**
 * The lines of an open sealed file from a place of its plain log on, up to a byte of it, holding one
 * block at a time.
 *
 * @throws the system's error where reading fails.
 */
export function* readSealedLines(
  codec: Codec,
  { descriptor, size }: { descriptor: number; size: number },
  from: LinePlace,
  to: number,
  lost: (lines: LostLines) => void,
): Generator<FileLine> {
  let next: LinePlace | undefined = { byte: 0, line: 1 }
  for (const found of readBlocks(codec, descriptor, size)) {
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
    const plain = openBlock(codec, block, readPacked(descriptor, block))
    if (plain !== undefined) yield* linesOf(block, plain, from.byte, to)
    else {
      const reason = `a sealed block of ${block.lines} lines is damaged`
      lost({ byte: block.byte, line: block.line, lines: block.lines, reason })
    }
  }
}

function readPacked(descriptor: number, { packedAt, packedLength }: PlacedBlock): Buffer {
  return readAt(descriptor, packedAt, packedLength)
}

const NEWLINE = 10

function* linesOf(block: Block, plain: Buffer, from: number, to: number): Generator<FileLine> {
  let { line } = block
  let start = 0
  while (start < plain.length && block.byte + start < to) {
    const found = plain.indexOf(NEWLINE, start)
    const end = found < 0 ? plain.length : found
    const byte = block.byte + start
    if (byte >= from) {
      const bytes = plain.subarray(start, end)
      yield { byte, line, length: end - start, bytes, isTorn: found < 0 }
    }
    line += 1
    start = end + 1
  }
}
