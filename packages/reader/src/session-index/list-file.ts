import { createHash } from 'node:crypto'
import { fstatSync, futimesSync, type Stats } from 'node:fs'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { encodeLine } from '@tacho/format'
import { openRegular } from '../open-regular.js'
import { readAt } from '../read-at.js'
import type { SessionSummary } from '../summarize.js'
import { writeIndexFile } from './index-file.js'
import { provedObject } from './proved-object.js'
import { type FolderStamp, type Stamp, UNKNOWN } from './stamps.js'
import { sweepIndex } from './sweep-index.js'

/**
 * The format of an index. One with another number is rebuilt: raise it when a summary gains or
 * loses a member, or a rule for one of them changes.
 */
export const INDEX_VERSION = 5

/** What a root's list contains about one of its sessions. */
export type ListedSession = FolderStamp & {
  /** The name of its folder. */
  name: string
  /** When its last run started, in milliseconds since 1970; 0 if unknown. */
  started: number
  /**
   * The line with its {@link ListedSummary}, or the line's place in the file: a list of 10,000 is
   * opened to read 20.
   */
  line: Buffer | { from: number; length: number }
}

/** The summary of a session, and the state of the files it was read from. */
export type ListedSummary = {
  summary: Omit<SessionSummary, 'folder' | 'root'>
  files: Record<string, Stamp>
}

/** A larger file is not our index: 100,000 sessions take 200 MB. */
const FILE_BYTES = 512 * 1024 * 1024

/** Returns the file that lists the sessions of a root. */
export function listFile(folder: string, root: string): string {
  return join(folder, `list-${nameOf(root)}.jsonl`)
}

/** Returns the file with the rows of a root's sessions, for queries. */
export function rowsFile(folder: string, root: string): string {
  return join(folder, `rows-${nameOf(root)}.jsonl`)
}

function nameOf(root: string): string {
  return createHash('sha256').update(root).digest('hex').slice(0, 32)
}

/**
 * Opens a list: its sessions in the order in which they were written; undefined if there is none,
 * or it is damaged, or for another version or root. Only its head is read; lines are read on
 * demand.
 */
export function openList(path: string, root: string): OpenList | undefined {
  const opened = openRegular(path)
  if ('refused' in opened) return undefined
  const head = readHead(opened.descriptor, root)
  if (head === undefined) {
    opened[Symbol.dispose]()
    return undefined
  }
  return {
    sessions: sessionsOf(head),
    checked: head.checked,
    checkedAt: head.checkedAt,
    noteCheck() {
      const now = new Date()
      try {
        futimesSync(opened.descriptor, now, now)
      } catch {
        // The disk has become read-only: next time, all are checked again.
      }
    },
    lineOf: ({ line }) =>
      Buffer.isBuffer(line) ? line : readAt(opened.descriptor, line.from, line.length),
    close: opened[Symbol.dispose],
  }
}

export type OpenList = {
  sessions: ListedSession[]
  /**
   * The root when all of these were found unchanged and there were no others;
   * {@link NEVER_CHECKED} if that cannot be said.
   */
  checked: FolderStamp
  /** When that was, in milliseconds since 1970: the file's time of change. */
  checkedAt: number
  /** Sets that time to now. */
  noteCheck: () => void
  lineOf: (session: ListedSession) => Buffer
  close: () => void
}

/** Writes the list of a root in place of the existing one. */
export function writeList(
  path: string,
  root: string,
  { sessions, checked, lineOf }: Pick<OpenList, 'sessions' | 'checked' | 'lineOf'>,
): boolean {
  const lines = sessions.map(lineOf)
  const head = {
    index: INDEX_VERSION,
    root,
    checked,
    names: sessions.map(({ name }) => name),
    inodes: sessions.map(({ inode }) => inode),
    changed: sessions.map(({ changed }) => changed),
    started: sessions.map(({ started }) => started),
    lengths: lines.map(({ length }) => length),
  }
  const parts = [encodeLine(head, crc32), ...lines]
  const isWritten = writeIndexFile(path, parts)
  if (isWritten) sweepIndex(dirname(path))
  return isWritten
}

/** Returns a line of a list, with its newline. */
export function encodeListed(listed: ListedSummary): Buffer {
  return Buffer.from(encodeLine(listed, crc32))
}

/** Parses a line of a list; undefined if it is damaged. */
export function decodeListed(line: Buffer | undefined): ListedSummary | undefined {
  return line === undefined
    ? undefined
    : (provedObject(line.subarray(0, -1)) as ListedSummary | undefined)
}

/** For a list that may lack a session of its root. */
export const NEVER_CHECKED: FolderStamp = { inode: 0, changed: UNKNOWN }

type Head = {
  checked: FolderStamp
  checkedAt: number
  /** Where the lines begin. */
  end: number
  names: string[]
  inodes: number[]
  changed: number[]
  started: number[]
  lengths: number[]
}

function readHead(descriptor: number, root: string): Head | undefined {
  const { size, mtimeMs } = fstatSync(descriptor)
  if (size > FILE_BYTES) return undefined
  // A session takes 90 bytes of the head, so that of 10,000 is read at once.
  for (let length = Math.min(size, 1024 * 1024); ; length = Math.min(size, length * 4)) {
    const bytes = readAt(descriptor, 0, length)
    const end = bytes.indexOf(10)
    if (end >= 0) return headOf(bytes.subarray(0, end), root, { size, mtimeMs })
    if (length >= size) return undefined
  }
}

function headOf(
  line: Buffer,
  root: string,
  { size, mtimeMs }: Pick<Stats, 'size' | 'mtimeMs'>,
): Head | undefined {
  const { index, root: of, ...rest } = provedObject(line) ?? {}
  if (index !== INDEX_VERSION || of !== root) return undefined
  const head = { ...(rest as Omit<Head, 'end' | 'checkedAt'>), end: line.length + 1 }
  const total = head.lengths.reduce((sum, length) => sum + length, head.end)
  return total === size ? { ...head, checkedAt: mtimeMs } : undefined
}

function sessionsOf(head: Head): ListedSession[] {
  const { names, inodes, changed, started, lengths } = head
  let from = head.end
  return names.map((name, index) => {
    const length = lengths[index] ?? 0
    const line = { from, length }
    from += length
    return {
      name,
      inode: inodes[index] ?? 0,
      changed: changed[index] ?? 0,
      started: started[index] ?? 0,
      line,
    }
  })
}
