import { crc32 } from 'node:zlib'
import { decodeLine, matchesChecksum, toldChecksum } from '@tacho/format'

// How our lines begin. Within a record the quotes would be escaped, so this does not match there.
const BEGINNINGS = ['{"kind":"', '{"started":', '{"resourceSpans":']

/** A record within a damaged line, from an offset on. */
export type Rescued = { value: Record<string, unknown>; offset: number; length: number }

/**
 * Returns the records of a damaged line whose own checksums are right. A record can be followed by
 * NUL bytes, which a power loss leaves, or by a carriage return from an editor. And if a writer was
 * killed in the middle of a line, or NUL bytes end its file, there is no newline, so the next
 * writer's first record is on the same line.
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

/** Returns whether a line matches its checksum, by its bytes alone. */
export function isProved(line: Buffer): boolean {
  return matchesChecksum(line, crc32)
}

/** Returns whether a line ends like one with a checksum. */
export function hasChecksum(line: Buffer): boolean {
  return toldChecksum(line) !== undefined
}
