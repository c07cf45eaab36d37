import { crc32 } from 'node:zlib'
import { decodeLine } from '@tacho/format'

// How our lines begin. Inside of a record these stand with escaped quotes, so they do not match.
const BEGINNINGS = ['{"kind":"', '{"started":', '{"resourceSpans":']
const CHECKSUM = /,"crc":"[0-9a-f]{8}"\}$/
const CHECKSUM_LENGTH = 18

/** A record that stands in a line that is not whole, from a byte of it on. */
export type Rescued = { value: Record<string, unknown>; offset: number; length: number }

/**
 * The records of a damaged line that their own checksums prove. Behind a record there can be NUL
 * bytes, which a power loss leaves, or a carriage return, which an editor does. A writer that was
 * killed in the middle of a line, or whose file got NUL bytes, leaves no newline: the next writer's
 * first record then stands on the same line.
 */
export function rescueLine(line: Buffer): Rescued[] {
  const rescued: Rescued[] = []
  for (let from = 0; from < line.length; ) {
    const nul = line.indexOf(0, from)
    const to = nul < 0 ? line.length : nul
    const found = rescuePart(line, from, withoutReturn(line, from, to))
    if (found !== undefined) rescued.push(found)
    from = to + 1
    while (from < line.length && line[from] === 0) from += 1
  }
  return rescued
}

const RETURN = 13

function withoutReturn(line: Buffer, from: number, to: number): number {
  let end = to
  while (end > from && line[end - 1] === RETURN) end -= 1
  return end
}

function rescuePart(line: Buffer, from: number, to: number): Rescued | undefined {
  const part = line.subarray(from, to)
  if (!hasChecksum(part)) return undefined
  const whole = decodeLine(part, crc32)
  if ('value' in whole) return { value: whole.value, offset: from, length: part.length }
  const begin = Math.max(...BEGINNINGS.map((beginning) => part.lastIndexOf(beginning)))
  if (begin <= 0) return undefined
  const decoded = decodeLine(part.subarray(begin), crc32)
  if (!('value' in decoded)) return undefined
  return { value: decoded.value, offset: from + begin, length: part.length - begin }
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
