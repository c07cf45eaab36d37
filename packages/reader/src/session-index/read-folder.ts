import { join } from 'node:path'
import { lookInto } from '../list-sessions.js'
import { summarize } from '../summarize.js'
import { encodeListed, type ListedSession, type ListedSummary } from './list-file.js'
import { type FolderStamp, fileStamps, UNKNOWN } from './stamps.js'

/** A folder of a root, and its state before it was read. */
export type FolderToRead = FolderStamp & { name: string }

/** What a list tells about a session that was just read. */
export type ListedNow = ListedSession & { line: Buffer }

/** What a list tells about a folder; or why that is nothing. */
export type FolderRead = { listed: ListedNow } | { isSession: false } | { reason: string }

/** Reads what a list tells about one folder of a root, if it is a session. */
export function readFolder(root: string, folder: FolderToRead): FolderRead {
  const looked = lookInto(join(root, folder.name))
  if ('reason' in looked) return looked
  return looked.isSession
    ? { listed: readListed(root, folder, looked.names).listed }
    : { isSession: false }
}

/**
 * Reads what a list tells about a session.
 *
 * @param names in its folder.
 */
export function readListed(
  root: string,
  { name, inode, ...stamp }: FolderToRead,
  names: readonly string[],
): { listed: ListedNow; summary: ListedSummary } {
  const folder = join(root, name)
  // Taken before reading, so that what is written meanwhile is noticed the next time.
  const files = fileStamps(folder, names)
  const read = summarize({ id: name, folder, root }, names)
  const { folder: _folder, root: _root, ...summary } = read
  // Its files do not show whether it is still running.
  const changed = summary.ended === 'running' ? UNKNOWN : stamp.changed
  const started = Date.parse(summary.lastStartedAt ?? '') || 0
  const line = encodeListed({ summary, files })
  return { listed: { name, inode, changed, started, line }, summary: { summary, files } }
}
