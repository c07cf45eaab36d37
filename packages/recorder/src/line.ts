import { isUtf8 } from 'node:buffer'
import { crc32 } from 'node:zlib'
import { type ChunkRecord, type Content, contentOf, lineTail, wellFormedJson } from '@tacho/format'
import type { AllScrubbed, Found, Scrubbed, ScrubbedBytes } from '@tacho/scrub'
import { JSON_TEXT_BYTES, type JsonText, openJsonText } from './json-text.js'

// Only one line is made and written at a time, so all share one buffer: allocating one each would
// be most of the work for a short line. Larger lines get their own.
const SCRATCH_BYTES = 1024 * 1024
const scratch = Buffer.allocUnsafe(SCRATCH_BYTES)

/** More than the end of a line takes. */
const TAIL_ROOM = 64

/**
 * Encodes a record as a line, to be written before the next one is made. Only such lines are
 * written, and only scrubbed records are accepted.
 */
export function lineOf<Record extends object>(record: Record & AllScrubbed<Record>): ScrubbedBytes {
  return lineOfJson(JSON.stringify(record) as Scrubbed)
}

/** The same for a record that is already JSON. */
export function lineOfJson(made: Scrubbed): ScrubbedBytes {
  const json = wellFormedJson(made)
  const isShort = json.length * 3 <= SCRATCH_BYTES - TAIL_ROOM
  const room = roomFor(isShort ? 0 : Buffer.byteLength(json))
  return sealed(room, room.write(json) - 1)
}

/** If text takes this many times the bytes, base64 is far shorter. */
const LONGER = 2

/** Below this size, `JSON.stringify` is faster. */
const LARGE_TEXT = 1024

/**
 * Encodes a chunk as a line: the same line as {@link lineOf}, but faster.
 *
 * @param isLate whether it comes so late in the body that base64 will do where text is costly.
 */
export function chunkLine(
  chunk: ScrubbedChunk,
  bytes: ScrubbedBytes,
  isLate: boolean,
): ScrubbedBytes {
  const text = bytes.length < LARGE_TEXT ? undefined : textChunkLine(chunk, bytes)
  // Binary content such as NULs takes six times the space in JSON.
  if (text !== undefined && (!isLate || text.length < LONGER * bytes.length)) return text
  return isLate
    ? base64ChunkLine(chunk, bytes)
    : lineOf({ ...chunk, content: scrubbedContentOf(bytes) })
}

/** A chunk without its content. */
export type ScrubbedChunk = AllScrubbed<Omit<ChunkRecord, 'content'>>

/** Returns the content for scrubbed bytes. */
export function scrubbedContentOf(bytes: ScrubbedBytes): AllScrubbed<Content> {
  return contentOf(bytes) as AllScrubbed<Content>
}

/** Where secrets were replaced, and by which rule: none of this needs scrubbing. */
export function scrubbedPlaces(found: readonly Found[]): AllScrubbed<Found>[] {
  return found as AllScrubbed<Found>[]
}

let jsonText: { opened: JsonText | undefined } | undefined

function textChunkLine(chunk: ScrubbedChunk, bytes: ScrubbedBytes): ScrubbedBytes | undefined {
  if (bytes.length > JSON_TEXT_BYTES || !isUtf8(bytes)) return undefined
  jsonText ??= { opened: openJsonText() }
  const { opened } = jsonText
  const head = JSON.stringify(chunk).slice(0, -1)
  if (opened === undefined || head.length > LARGE_HEAD) return undefined
  const { room, length } = opened.behind(`${head},"content":"`, bytes)
  return sealed(room, length + room.write('"', length, 'latin1'))
}

/** A chunk's head this large, with that many replaced secrets, does not need the fast path. */
const LARGE_HEAD = 16 * 1024

function base64ChunkLine(chunk: ScrubbedChunk, bytes: ScrubbedBytes): ScrubbedBytes {
  const head = `${JSON.stringify(chunk).slice(0, -1)},"content":[{"base64":"`
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
  const room = roomFor(head.length * 3 + base64.length)
  let end = room.write(head)
  end += room.write(base64, end, 'latin1')
  return sealed(room, end + room.write('"}]', end, 'latin1'))
}

function roomFor(length: number): Buffer {
  return length + TAIL_ROOM <= SCRATCH_BYTES ? scratch : Buffer.allocUnsafe(length + TAIL_ROOM)
}

/** Completes a line of this length with its checksum and newline. */
function sealed(room: Buffer, length: number): ScrubbedBytes {
  const tail = lineTail(crc32(room.subarray(0, length)))
  return room.subarray(
    0,
    length + room.write(tail, length, 'latin1'),
  ) as Uint8Array as ScrubbedBytes
}
