import { readSync } from 'node:fs'
import { LINE_BYTES } from './limits.js'
import { newlinesIn } from './newlines-in.js'
import { readAt } from './read-at.js'

/** Where in a file a line begins. */
export type LinePlace = {
  byte: number
  /** Starting at 1. */
  line: number
}

/** A line of a file, without its newline. */
export type FileLine = LinePlace & {
  /** Its length in bytes. */
  length: number
  /**
   * Valid until the next line is requested; absent if the line is longer than {@link LINE_BYTES}.
   */
  bytes: Buffer | undefined
  /** The file ended before its newline. */
  isTorn: boolean
}

const BLOCK_BYTES = 256 * 1024
const LEAST_BLOCK_BYTES = 4 * 1024
const NEWLINE = 10

/** Passes many lines at once, without their being yielded. */
export type PassedLines = {
  /** Where the bytes are read to. */
  block: Buffer
  /**
   * Returns how many whole lines to pass of those between two places of the block, the first of
   * which begins at `line`, and their length.
   */
  pass(from: number, to: number, line: LinePlace): { lines: number; bytes: number }
}

type Known = {
  /** The size of the file, which may have grown since. */
  size?: number
  /**
   * A text that wanted lines contain: others are passed without being yielded, except those that
   * end in a later block.
   */
  containing?: string
  /** Passes lines of a block; those that end in a later block are yielded. */
  passed?: PassedLines
}

/**
 * Reads the lines of an open file from a place up to an offset, holding one block and one line at a
 * time. A line that ends in a later block is read again as a whole once its end is known.
 *
 * @throws the system's error if reading fails (a failing disk).
 */
export function* readLines(
  descriptor: number,
  from: LinePlace = { byte: 0, line: 1 },
  to = Number.POSITIVE_INFINITY,
  { size = Number.POSITIVE_INFINITY, containing, passed }: Known = {},
): Generator<FileLine> {
  let { byte, line } = from
  // Bodies need single records, among hundreds, and most sessions are small: neither needs a full
  // block. The least is for what was appended to a file since its size was taken.
  const left = Math.min(to, Math.max(size, byte + LEAST_BLOCK_BYTES)) - byte
  const block = passed?.block ?? Buffer.allocUnsafe(Math.max(1, Math.min(BLOCK_BYTES, left)))
  const wanted = containing === undefined ? undefined : Buffer.from(containing)
  let position = byte
  while (position < to) {
    const filled = readSync(descriptor, block, 0, Math.min(block.length, to - position), position)
    if (filled === 0) break
    const part = block.subarray(0, filled)
    let hit = -1
    let next = 0
    for (;;) {
      if (passed !== undefined && byte >= position) {
        const { lines, bytes } = passed.pass(byte - position, filled, { byte, line })
        next = byte - position + bytes
        byte += bytes
        line += lines
      }
      const end = part.indexOf(NEWLINE, next)
      if (end < 0) break
      next = end + 1
      const length = position + end - byte
      const start = end - length
      if (wanted !== undefined && start >= 0) {
        if (hit < start) hit = hitIn(part, wanted, start)
        if (hit > end) {
          next = part.lastIndexOf(NEWLINE, hit) + 1
          line += newlinesIn(part, end, next)
          byte = position + next
          continue
        }
      }
      const bytes =
        byte >= position ? part.subarray(start, end) : readRange(descriptor, byte, length)
      yield { byte, line, length, bytes, isTorn: false }
      byte += length + 1
      line += 1
    }
    position += filled
  }
  const length = position - byte
  if (length > 0) {
    yield { byte, line, length, bytes: readRange(descriptor, byte, length), isTorn: true }
  }
}

/** Returns where the next wanted text begins, or the end of the block. */
function hitIn(part: Buffer, wanted: Buffer, from: number): number {
  const hit = part.indexOf(wanted, from)
  return hit < 0 ? part.length : hit
}

function readRange(descriptor: number, byte: number, length: number): Buffer | undefined {
  return length > LINE_BYTES ? undefined : readAt(descriptor, byte, length)
}
