import { readSync } from 'node:fs'

/** Reads bytes of an open file from an offset; fewer if the file ends before. */
export function readAt(descriptor: number, at: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const count = readSync(descriptor, bytes, filled, length - filled, at + filled)
    if (count === 0) break
    filled += count
  }
  return bytes.subarray(0, filled)
}
