import { readSync } from 'node:fs'
import { LINE_BYTES } from './limits.js'
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
const NEWLINE = 10

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
): Generator<FileLine> {
  let { byte, line } = from
  // Bodies need single records, among hundreds, which need no full block.
  const block = Buffer.allocUnsafe(Math.max(1, Math.min(BLOCK_BYTES, to - byte)))
  let position = byte
  while (position < to) {
    const filled = readSync(descriptor, block, 0, Math.min(block.length, to - position), position)
    if (filled === 0) break
    const part = block.subarray(0, filled)
    for (let end = part.indexOf(NEWLINE); end >= 0; end = part.indexOf(NEWLINE, end + 1)) {
      const length = position + end - byte
      const bytes =
        byte >= position ? part.subarray(end - length, end) : readRange(descriptor, byte, length)
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

function readRange(descriptor: number, byte: number, length: number): Buffer | undefined {
  return length > LINE_BYTES ? undefined : readAt(descriptor, byte, length)
}
