import { crc32 } from 'node:zlib'
import { decodeLine } from '@tacho/format'

// How our lines begin. Inside of a record these stand with escaped quotes, so they do not match.
const BEGINNINGS = ['{"kind":"', '{"started":', '{"resourceSpans":']
const CHECKSUM = /,"crc":"[0-9a-f]{8}"\}$/
const CHECKSUM_LENGTH = 18

/**
 * The record at the end of a damaged line. A writer that was killed in the middle of a line, or
 * whose file got a run of NUL bytes from a power loss, leaves no newline: the next writer's first
 * record then stands on the same line. It counts only where its checksum proves it.
 *
 * @returns the record and the byte of the line at which it begins; nothing where there is none.
 */
export function rescueLine(
  line: Buffer,
): { value: Record<string, unknown>; offset: number } | undefined {
  if (!hasChecksum(line)) return undefined
  const offset = Math.max(...BEGINNINGS.map((beginning) => line.lastIndexOf(beginning)))
  if (offset <= 0) return undefined
  const decoded = decodeLine(line.subarray(offset), crc32)
  return 'value' in decoded ? { value: decoded.value, offset } : undefined
}

/** Whether a line is what its checksum says, by its bytes alone. */
export function isProved(line: Buffer): boolean {
  if (!hasChecksum(line)) return false
  const told = Number.parseInt(line.toString('latin1', line.length - 10, line.length - 2), 16)
  return told === crc32(line.subarray(0, -CHECKSUM_LENGTH)) >>> 0
}

/** Whether a line ends as those do that have a checksum. */
export function hasChecksum(line: Buffer): boolean {
  return CHECKSUM.test(line.subarray(-CHECKSUM_LENGTH).toString('latin1'))
}
