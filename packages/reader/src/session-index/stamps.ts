import { lstatSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { logParts } from '../log-parts.js'

/**
 * What a file was when it was read: another one, or one that was written to since, has another. A
 * status that was changed is told by its ctime, which nobody can set.
 */
export type Stamp = string

/**
 * Of a folder; it changes when a file in it comes, goes, or is replaced, as a manifest is. In numbers:
 * a list looks at 10,000 folders, and to make a text of each takes as long as to ask for it.
 */
export type FolderStamp = {
  inode: number
  /** Its ctime, in milliseconds; {@link UNKNOWN} where it has to be read again whatever it says. */
  changed: number
}

/** The time of a folder that may still change unseen: no folder has it. */
export const UNKNOWN = 0

/** Whether a folder is as it was. */
export function isUnchanged({ inode, changed }: FolderStamp, { ino, ctimeMs }: Stats): boolean {
  return changed === ctimeMs && inode === ino && changed !== UNKNOWN
}

/** Of a file. */
export function fileStamp({ ino, ctimeMs, size }: Stats): Stamp {
  return `${ino.toString(36)}.${size}.${ctimeMs}`
}

/**
 * Whether something changed so short a time ago that it can change again without another ctime: the
 * kernel counts that in ticks, of 10 ms at the most, and a network's file system by its own clock.
 */
export function isFresh({ ctimeMs }: Stats, now: number): boolean {
  return ctimeMs > now - FRESH_MS
}

const FRESH_MS = 50

/** The files of a session that tell what it is, by name: the manifest, and its logs' parts. */
export function fileStamps(folder: string): Record<string, Stamp> {
  const stamps: Record<string, Stamp> = Object.create(null)
  for (const name of telling(folder)) {
    const status = lstatSync(join(folder, name), { throwIfNoEntry: false })
    if (status !== undefined) stamps[name] = fileStamp(status)
  }
  return stamps
}

/** Whether these files are as they were. */
export function areUnchanged(folder: string, stamps: Readonly<Record<string, Stamp>>): boolean {
  return Object.entries(stamps).every(([name, stamp]) => {
    const status = lstatSync(join(folder, name), { throwIfNoEntry: false })
    return status !== undefined && fileStamp(status) === stamp
  })
}

function telling(folder: string): string[] {
  const { manifest, raw, meta, events } = SESSION_FILES
  return [manifest, ...[raw, meta, events].flatMap((log) => logParts(folder, log))]
}
