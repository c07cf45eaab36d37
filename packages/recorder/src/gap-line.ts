import { crc32 } from 'node:zlib'
import { encodeLine, type GapRecord } from '@tacho/format'
import type { ScrubbedBytes } from '@tacho/scrub'
import { isoTime, systemClock } from './clock.js'
import type { Loss } from './losses.js'

/** Encodes a gap as a line. It has its own memory, because it may wait to be written. */
export function gapLine(loss: Loss): ScrubbedBytes {
  const gap: GapRecord = {
    kind: 'gap',
    time: isoTime(systemClock.microseconds()),
    since: isoTime(loss.since),
    lost: loss.lost,
    bytes: loss.bytes,
    reason: loss.reason,
  }
  // Only Tacho's own counts and codes.
  return encodeLine(gap, crc32) as ScrubbedBytes
}
