import { crc32 } from 'node:zlib'
import { encodeLine, type GapRecord } from '@tacho/format'
import type { Loss } from './append-file.js'
import { isoTime, systemClock } from './clock.js'

/** A record as the bytes of its line. */
export function lineOf(record: object): Uint8Array {
  return encodeLine(record, crc32)
}

/** The line that tells of records that were lost. */
export function gapLine(loss: Loss): Uint8Array {
  const gap: GapRecord = {
    kind: 'gap',
    time: isoTime(systemClock.microseconds()),
    since: isoTime(loss.since),
    lost: loss.lost,
    bytes: loss.bytes,
    reason: loss.reason,
  }
  return lineOf(gap)
}
