import { crc32 } from 'node:zlib'
import { type ChunkRecord, encodeLine, type GapRecord, lineTail } from '@tacho/format'
import type { Loss } from './append-file.js'
import { isoTime, systemClock } from './clock.js'

// One line is made and written at a time, so one piece of memory serves them all; a new one for
// each would be most of the work of a short line.
let scratch = Buffer.allocUnsafe(256 * 1024)

/** A record as the bytes of its line, to be written before the next one is made. */
export function lineOf(record: object): Uint8Array {
  return sealed(JSON.stringify(record), 'utf8')
}

/**
 * A chunk as the bytes of its line, its content as base64: the same as {@link lineOf} would make,
 * without looking at every character of it, which costs ten times as much.
 */
export function base64ChunkLine(
  chunk: Omit<ChunkRecord, 'content'>,
  bytes: Uint8Array,
): Uint8Array {
  const head = JSON.stringify(chunk).slice(0, -1)
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
  return sealed(`${head},"content":[{"base64":"${base64}"}]}`, 'latin1')
}

/** The line that tells of records that were lost. A line that waits to be written stays as it is. */
export function gapLine(loss: Loss): Uint8Array {
  const gap: GapRecord = {
    kind: 'gap',
    time: isoTime(systemClock.microseconds()),
    since: isoTime(loss.since),
    lost: loss.lost,
    bytes: loss.bytes,
    reason: loss.reason,
  }
  return encodeLine(gap, crc32)
}

/** The JSON of a record with its checksum and its newline (docs/format.md). */
function sealed(json: string, encoding: 'utf8' | 'latin1'): Uint8Array {
  const most = json.length * (encoding === 'utf8' ? 3 : 1) + 64
  if (scratch.length < most) scratch = Buffer.allocUnsafe(most)
  const end = scratch.write(json, encoding) - 1
  const tail = lineTail(crc32(scratch.subarray(0, end)))
  return scratch.subarray(0, end + scratch.write(tail, end, 'latin1'))
}
