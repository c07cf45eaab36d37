import { lstatSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { encodeLine } from '@tacho/format'
import type { FoundSession } from '../found-session.js'
import { openRegular } from '../open-regular.js'
import { writeIndexFile } from '../session-index/index-file.js'
import { usableIndexFolder } from '../session-index/index-folder.js'
import { rowsFile } from '../session-index/list-file.js'
import { provedObject } from '../session-index/proved-object.js'
import { areUnchanged, fileStamps, isFresh, type Stamp } from '../session-index/stamps.js'
import { sweepIndex } from '../session-index/sweep-index.js'
import type { SqlRow } from './rows.js'
import type { SqlTable } from './tables.js'

/** The tables whose rows are kept: a session has few of them, and its logs are long. */
export const KEPT_TABLES = ['exchanges', 'tools', 'approvals', 'cancellations'] as const

/** The format of these files; raise it when a column changes, or a rule for what is in one. */
const VERSION = 1
/** A larger file is not ours: 100,000 sessions of five exchanges take 400 MB. */
const FILE_BYTES = 512 * 1024 * 1024

/** Rows of sessions, kept in the index for as long as the files that they were read from. */
export type KeptRows = {
  /** Returns the rows of a session in all of {@link KEPT_TABLES}; undefined if they are not kept. */
  of: (session: FoundSession) => SqlRow[] | undefined
  /**
   * Begins to read a session; the function that it returns keeps the rows that were read, all at
   * once, if its files are the same as before.
   */
  reading: (session: FoundSession) => (rows: readonly SqlRow[]) => void
  /** Saves what is new. */
  close: () => void
}

/** Opens the kept rows of the sessions in these roots; without an index, nothing is kept. */
export function openKeptRows(index = usableIndexFolder()): KeptRows {
  const files = new Map<string, RowsFile>()
  const fileOf = (root: string): RowsFile | undefined => {
    if (index === undefined) return undefined
    const file = files.get(root) ?? new RowsFile(rowsFile(index, root), root)
    files.set(root, file)
    return file
  }
  return {
    of: ({ id, root, folder }) => fileOf(root)?.rowsOf(id, folder),
    reading({ id, root, folder }) {
      // Taken before reading, so that what is written meanwhile is noticed.
      const stamps = settledStamps(folder)
      return (rows) => stamps && fileOf(root)?.keep(id, folder, { files: stamps, rows })
    },
    close() {
      for (const file of files.values()) file.close()
    },
  }
}

function settledStamps(folder: string): Record<string, Stamp> | undefined {
  const stamps = fileStamps(folder)
  const now = Date.now()
  const isSettled = Object.keys(stamps).every((name) => {
    const status = lstatSync(join(folder, name), { throwIfNoEntry: false })
    return status !== undefined && !isFresh(status, now)
  })
  return isSettled ? stamps : undefined
}

/** The rows of one session, and the state of the files they were read from. */
type Kept = { files: Record<string, Stamp>; rows: readonly SqlRow[] }

/** One root's file: a line that names its sessions, and a line for each of them. */
class RowsFile {
  readonly #path: string
  readonly #root: string
  readonly #lines: Map<string, Uint8Array>
  #isChanged = false

  constructor(path: string, root: string) {
    this.#path = path
    this.#root = root
    this.#lines = linesIn(path, root)
  }

  rowsOf(id: string, folder: string): SqlRow[] | undefined {
    const line = this.#lines.get(id)
    const kept = line && (provedObject(Buffer.from(line).subarray(0, -1)) as Kept | undefined)
    return kept !== undefined && areUnchanged(folder, kept.files) ? [...kept.rows] : undefined
  }

  keep(id: string, folder: string, kept: Kept): void {
    if (!areUnchanged(folder, kept.files)) return
    this.#lines.set(id, encodeLine(kept, crc32))
    this.#isChanged = true
  }

  close(): void {
    if (!this.#isChanged) return
    const there = [...this.#lines].filter(([id]) => isThere(join(this.#root, id)))
    const head = {
      rows: VERSION,
      root: this.#root,
      ids: there.map(([id]) => id),
      lengths: there.map(([, { length }]) => length),
    }
    const parts = [encodeLine(head, crc32), ...there.map(([, line]) => line)]
    if (writeIndexFile(this.#path, parts)) sweepIndex(dirname(this.#path))
  }
}

function isThere(folder: string): boolean {
  return lstatSync(folder, { throwIfNoEntry: false }) !== undefined
}

type Head = { ids: string[]; lengths: number[] }

function linesIn(path: string, root: string): Map<string, Uint8Array> {
  const lines = new Map<string, Uint8Array>()
  const opened = openRegular(path)
  if ('refused' in opened) return lines
  try {
    if (opened.size > FILE_BYTES) return lines
    const bytes = readFileSync(opened.descriptor)
    let at = bytes.indexOf(10) + 1
    const { rows, root: of, ...rest } = provedObject(bytes.subarray(0, Math.max(0, at - 1))) ?? {}
    if (rows !== VERSION || of !== root) return lines
    const { ids, lengths } = rest as Head
    for (const [number, id] of ids.entries()) {
      const end = at + (lengths[number] ?? 0)
      lines.set(id, bytes.subarray(at, end))
      at = end
    }
    return lines
  } finally {
    opened[Symbol.dispose]()
  }
}

/** Returns whether all of some tables are kept. */
export function areKept(tables: Iterable<SqlTable>): boolean {
  return [...tables].every((table) => KEPT.has(table))
}

const KEPT: ReadonlySet<SqlTable> = new Set(KEPT_TABLES)
