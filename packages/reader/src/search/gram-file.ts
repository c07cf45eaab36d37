import { lstatSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { crc32 } from 'node:zlib'
import { encodeLine, SESSION_FILES } from '@tacho/format'
import { logParts } from '../log-parts.js'
import { openRegular, type RegularFile } from '../open-regular.js'
import { readAt } from '../read-at.js'
import { writeIndexFile } from '../session-index/index-file.js'
import { usableIndexFolder } from '../session-index/index-folder.js'
import { provedObject } from '../session-index/proved-object.js'
import { searchedFile } from '../session-index/session-file.js'
import { areUnchanged, fileStamp, isFresh, type Stamp } from '../session-index/stamps.js'
import { sweepIndex } from '../session-index/sweep-index.js'
import { sessionState } from '../session-state.js'
import { GRAMS_BYTES } from './grams.js'

/** Bytes of a plain log, in one file. */
type Range = { file: string; from: number; to: number }

/** The tables of grams that show what a raw log contains (`grams.ts`). */
export type GramTables = {
  parts: (Range & { table: Buffer })[]
  /** For what no line contains as a whole. */
  beside: Buffer
}

/** Where in a raw log a text could be, according to the notes about it. */
export type CouldStand = {
  parts: Range[]
  /** It could be in what no line contains as a whole. */
  isBeside: boolean
}

/** The state of a raw log's files when they were read. */
export type RawStamps = Record<string, Stamp>

/** The format of these files; one with another number is rebuilt. */
const VERSION = 2
/**
 * The tables are interleaved in rows of this many bytes each: a few bits of each table show whether
 * a text could be somewhere, and one row contains those for the same gram.
 */
const ROW_BYTES = 1024
const HEAD_BYTES = 16 * 1024
/** Searching a smaller log is as fast as reading notes about it. */
const WORTH_NOTING = 1024 * 1024
/** A log that was written to this recently will be written to again. */
const SETTLED_MS = 60_000

/**
 * Returns the current state of a raw log's files; undefined if it is not worth noting, or is being
 * written.
 */
export function rawStamps(folder: string): RawStamps | undefined {
  const stamps: RawStamps = Object.create(null)
  let bytes = 0
  for (const name of logParts(folder, SESSION_FILES.raw)) {
    const status = lstatSync(join(folder, name), { throwIfNoEntry: false })
    const now = Date.now()
    if (status === undefined || isFresh(status, now)) return undefined
    if (status.mtimeMs > now - SETTLED_MS && !isOver(folder)) return undefined
    stamps[name] = fileStamp(status)
    bytes += status.size
  }
  return bytes >= WORTH_NOTING ? stamps : undefined
}

function isOver(folder: string): boolean {
  const { ended } = sessionState({ id: basename(folder), folder, root: dirname(folder) })
  return ended === 'completed' || ended === 'failed' || ended === 'signalled'
}

/**
 * Returns where one of some texts, each given by its grams, could be in a raw log whose files are
 * unchanged since it was read; undefined if there are no notes.
 */
export function couldStand(folder: string, texts: readonly number[][]): CouldStand | undefined {
  const index = usableIndexFolder()
  if (index === undefined) return undefined
  const opened = openRegular(searchedFile(index, resolve(folder)))
  if ('refused' in opened) return undefined
  try {
    const head = readHead(opened, folder)
    if (head === undefined || !areUnchanged(folder, head.stamps)) return undefined
    const tables = tablesWith(texts, rowReader(opened.descriptor, head), head.parts.length + 1)
    return (
      tables && {
        parts: head.parts.filter((_, number) => tables.has(number)),
        isBeside: tables.has(head.parts.length),
      }
    )
  } catch {
    return undefined
  } finally {
    opened[Symbol.dispose]()
  }
}

type PlacedHead = Head & { end: number }

function readHead({ descriptor, size }: RegularFile, folder: string): PlacedHead | undefined {
  for (let length = Math.min(size, HEAD_BYTES); ; length = Math.min(size, length * 4)) {
    const bytes = readAt(descriptor, 0, length)
    const end = bytes.indexOf(NEWLINE)
    if (end < 0 && length < size) continue
    const head = provedObject(bytes.subarray(0, Math.max(0, end))) as Head | undefined
    if (head?.searched !== folder || head.version !== VERSION) return undefined
    if (size !== end + 1 + (head.parts.length + 1) * GRAMS_BYTES) return undefined
    return { ...head, end: end + 1 }
  }
}

/** Reads the row of a gram; undefined if it is damaged. */
type RowOf = (gram: number) => Buffer | undefined

function rowReader(descriptor: number, { end, parts, rows }: PlacedHead): RowOf {
  const length = (parts.length + 1) * ROW_BYTES
  const read = new Map<number, Buffer | undefined>()
  return (gram) => {
    const number = Math.floor(gram / 8 / ROW_BYTES)
    if (!read.has(number)) {
      const row = readAt(descriptor, end + number * length, length)
      read.set(number, crc32(row) === rows[number] ? row : undefined)
    }
    return read.get(number)
  }
}

/** Returns the numbers of the tables that contain all grams of one of the texts. */
function tablesWith(
  texts: readonly number[][],
  rowOf: RowOf,
  count: number,
): Set<number> | undefined {
  const found = new Set<number>()
  for (const grams of texts) {
    let left = Array.from({ length: count }, (_, table) => table)
    for (const gram of grams) {
      if (left.length === 0) break
      const row = rowOf(gram)
      if (row === undefined) return undefined
      const at = (gram >>> 3) % ROW_BYTES
      left = left.filter((table) => (((row[table * ROW_BYTES + at] ?? 0) >>> (gram & 7)) & 1) === 1)
    }
    for (const table of left) found.add(table)
  }
  return found
}

/** Saves the notes, if the log's files have not changed. */
export function writeGramFile(
  folder: string,
  stamps: RawStamps,
  { parts, beside }: GramTables,
): void {
  const index = usableIndexFolder()
  if (index === undefined || !areUnchanged(folder, stamps)) return
  const tables = [...parts.map(({ table }) => table), beside]
  const rows = Array.from({ length: GRAMS_BYTES / ROW_BYTES }, (_, number) =>
    Buffer.concat(
      tables.map((table) => table.subarray(number * ROW_BYTES, (number + 1) * ROW_BYTES)),
    ),
  )
  const head: Head = {
    searched: folder,
    version: VERSION,
    stamps,
    parts: parts.map(({ file, from, to }) => ({ file, from, to })),
    rows: rows.map((row) => crc32(row)),
  }
  if (writeIndexFile(searchedFile(index, resolve(folder)), [encodeLine(head, crc32), ...rows])) {
    sweepIndex(index)
  }
}

type Head = {
  searched: string
  version: number
  stamps: RawStamps
  parts: Range[]
  /** The checksum of each row. */
  rows: number[]
}

const NEWLINE = 10
