import { crc32 } from 'node:zlib'
import { decodeLine } from '@tacho/format'
import { hasChecksum } from '../rescue-line.js'

/**
 * Returns the object in a line whose checksum is right, so that we wrote it; undefined otherwise.
 */
export function provedObject(line: Buffer): Record<string, unknown> | undefined {
  if (!hasChecksum(line)) return undefined
  const decoded = decodeLine(line, crc32)
  return 'value' in decoded ? decoded.value : undefined
}
