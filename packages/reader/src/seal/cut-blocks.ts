import { LINE_BYTES } from '../limits.js'
import { newlinesIn } from '../newlines-in.js'
import type { RegularFile } from '../open-regular.js'
import { readAt } from '../read-at.js'

/**
 * The least size of a block, if the file has that much. Smaller ones are opened faster, larger ones
 * compress better; beyond this size little is gained (`npm run bench -- append`).
 */
export const BLOCK_BYTES = 512 * 1024

/** Whole lines of a plain log that become one block. */
export type PlainBlock = {
  bytes: Buffer
  byte: number
  line: number
  lines: number
  isLast: boolean
}

/**
 * Cuts a log into blocks of whole lines, holding one at a time. A line without an end, longer than
 * the limit for reading, becomes an oversized block.
 */
export function* cutBlocks({ descriptor, size }: RegularFile): Generator<PlainBlock> {
  let byte = 0
  let line = 1
  while (byte < size) {
    const bytes = wholeLines(descriptor, byte, size)
    const isLast = byte + bytes.length >= size
    const lines = countLines(bytes)
    yield { bytes, byte, line, lines, isLast }
    byte += bytes.length
    line += lines
  }
}

const NEWLINE = 10

function wholeLines(descriptor: number, byte: number, size: number): Buffer {
  for (let length = BLOCK_BYTES; ; length *= 2) {
    const wanted = Math.min(length, LINE_BYTES + 1)
    const bytes = readAt(descriptor, byte, Math.min(wanted, size - byte))
    if (byte + bytes.length >= size) return bytes
    const end = bytes.lastIndexOf(NEWLINE) + 1
    if (end > 0) return bytes.subarray(0, end)
    if (bytes.length > LINE_BYTES) return bytes
  }
}

function countLines(bytes: Buffer): number {
  const lines = newlinesIn(bytes)
  return bytes.at(-1) === NEWLINE ? lines : lines + 1
}
