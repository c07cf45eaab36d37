import { crc32 } from 'node:zlib'
import { decodeLine } from '@tacho/format'
import { hasChecksum } from '../rescue-line.js'

/** The object of a line that its checksum proves: then it is what we wrote; nothing of any other. */
export function provedObject(line: Buffer): Record<string, unknown> | undefined {
  if (!hasChecksum(line)) return undefined
  const decoded = decodeLine(line, crc32)
  return 'value' in decoded ? decoded.value : undefined
}
