import { lstatSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { crc32 } from 'node:zlib'
import { encodeLine, SESSION_FILES } from '@tacho/format'
import { logParts } from '../log-parts.js'
import { writeIndexFile } from '../session-index/index-file.js'
import { usableIndexFolder } from '../session-index/index-folder.js'
import { provedObject } from '../session-index/proved-object.js'
import { searchedFile } from '../session-index/session-file.js'
import { areUnchanged, fileStamp, isFresh, type Stamp } from '../session-index/stamps.js'
import { sweepIndex } from '../session-index/sweep-index.js'
import { sessionState } from '../session-state.js'
import { GRAMS_BYTES } from './grams.js'

/** What the index says of what stands in a raw log. */
export type GramFile = {
  /** For each of its parts: the bytes of the plain log from `from` to `to`, in one file. */
  parts: { file: string; from: number; to: number; table: Buffer }[]
  /** Of what stands in no line as a whole. */
  beside: Buffer
}

/** What the files of a raw log were when it was read. */
export type RawStamps = Record<string, Stamp>

/** What these files mean; one of another number is made anew. */
const VERSION = 1
/** A smaller log is looked through as fast as what was noted of it. */
const WORTH_NOTING = 1024 * 1024
/** A log that was written to so short a time ago will be written to again. */
const SETTLED_MS = 60_000

/** The files of a raw log as they are; nothing where it is not worth noting, or is being written. */
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

/** What was noted of a raw log whose files are as they were then; nothing where nothing was. */
export function readGramFile(folder: string): GramFile | undefined {
  const index = usableIndexFolder()
  if (index === undefined) return undefined
  try {
    const bytes = readFileSync(searchedFile(index, resolve(folder)))
    const end = bytes.indexOf(NEWLINE)
    const head = provedObject(bytes.subarray(0, end)) as Head | undefined
    const tables = bytes.subarray(end + 1)
    if (head?.searched !== folder || head.version !== VERSION) return undefined
    if (tables.length !== (head.parts.length + 1) * GRAMS_BYTES) return undefined
    if (crc32(tables) !== head.tables || !areUnchanged(folder, head.stamps)) return undefined
    const table = (number: number): Buffer =>
      tables.subarray(number * GRAMS_BYTES, (number + 1) * GRAMS_BYTES)
    const parts = head.parts.map((part, number) => ({ ...part, table: table(number) }))
    return { parts, beside: table(parts.length) }
  } catch {
    return undefined
  }
}

/** Keeps what was noted, where the log's files are still as they were. */
export function writeGramFile(
  folder: string,
  stamps: RawStamps,
  { parts, beside }: GramFile,
): void {
  const index = usableIndexFolder()
  if (index === undefined || !areUnchanged(folder, stamps)) return
  const tables = [...parts.map(({ table }) => table), beside]
  const head: Head = {
    searched: folder,
    version: VERSION,
    stamps,
    parts: parts.map(({ file, from, to }) => ({ file, from, to })),
    tables: tables.reduce((sum, table) => crc32(table, sum), 0),
  }
  if (writeIndexFile(searchedFile(index, resolve(folder)), [encodeLine(head, crc32), ...tables])) {
    sweepIndex(index)
  }
}

type Head = {
  searched: string
  version: number
  stamps: RawStamps
  parts: { file: string; from: number; to: number }[]
  /** The checksum of the tables. */
  tables: number
}

const NEWLINE = 10
