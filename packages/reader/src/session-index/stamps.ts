import { lstatSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { logParts, namesIn } from '../log-parts.js'

/**
 * The state of a file when it was read: a different file, or one written to since, has a different
 * stamp. A change of its metadata shows in the ctime, which nobody can set.
 */
export type Stamp = string

/**
 * For a folder; changes when a file in it is added, removed or replaced, as a manifest is. Numbers,
 * because a list checks 10,000 folders, and building a string for each takes as long as the system
 * call.
 */
export type FolderStamp = {
  inode: number
  /** Its ctime, in milliseconds; {@link UNKNOWN} if it must be read again in any case. */
  changed: number
}

/** The time for a folder that may still change unnoticed: no folder has it. */
export const UNKNOWN = 0

/** Returns whether a folder is unchanged. */
export function isUnchanged({ inode, changed }: FolderStamp, { ino, ctimeMs }: Stats): boolean {
  return changed === ctimeMs && inode === ino && changed !== UNKNOWN
}

/** Returns the stamp of a file. */
export function fileStamp({ ino, ctimeMs, size }: Stats): Stamp {
  return `${ino.toString(36)}.${size}.${ctimeMs}`
}

/**
 * Returns whether something changed so recently that it could change again with the same ctime: the
 * kernel counts that in ticks of at most 10 ms, and a network file system by its own clock.
 */
export function isFresh({ ctimeMs }: Stats, now: number): boolean {
  return ctimeMs > now - FRESH_MS
}

const FRESH_MS = 50

/** Returns the stamps of a session's manifest and of its logs' parts, by name. */
export function fileStamps(
  folder: string,
  names: readonly string[] = namesIn(folder),
): Record<string, Stamp> {
  const stamps: Record<string, Stamp> = Object.create(null)
  for (const name of telling(folder, names)) {
    const status = lstatSync(join(folder, name), { throwIfNoEntry: false })
    if (status !== undefined) stamps[name] = fileStamp(status)
  }
  return stamps
}

/** Returns whether these files are unchanged. */
export function areUnchanged(folder: string, stamps: Readonly<Record<string, Stamp>>): boolean {
  return Object.entries(stamps).every(([name, stamp]) => {
    const status = lstatSync(join(folder, name), { throwIfNoEntry: false })
    return status !== undefined && fileStamp(status) === stamp
  })
}

function telling(folder: string, names: readonly string[]): string[] {
  const { manifest, raw, meta, events } = SESSION_FILES
  return [manifest, ...[raw, meta, events].flatMap((log) => logParts(folder, log, names))]
}
