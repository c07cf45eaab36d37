import { type Dirent, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isSessionId, SESSION_FILES } from '@tacho/format'
import type { FoundSession } from './found-session.js'
import { logParts } from './log-parts.js'
import { type SessionSummary, summarize } from './summarize.js'

/**
 * The session folders in these roots. Whatever else is there is passed over: files, links, folders
 * of other names, folders with none of our files (such as Codex's own `2026/`). A root that is not
 * there holds none.
 */
export function findSessions(roots: readonly string[]): FoundSession[] {
  return roots.flatMap((root) =>
    entriesOf(root)
      .filter((entry) => entry.isDirectory() && isSessionId(entry.name))
      .map((entry) => ({ id: entry.name, folder: join(root, entry.name), root }))
      .filter(({ folder }) => isSessionFolder(folder)),
  )
}

/** What is known of all sessions in these roots at a glance, the last started first. */
export function listSessions(roots: readonly string[]): SessionSummary[] {
  return newestFirst(findSessions(roots).map(summarize))
}

/** Puts the last started first. Times are compared as times: they can have different offsets. */
export function newestFirst<Started extends { lastStartedAt?: string; id: string }>(
  sessions: Started[],
): Started[] {
  const timeOf = ({ lastStartedAt }: Started): number => Date.parse(lastStartedAt ?? '') || 0
  return sessions.sort((one, other) => timeOf(other) - timeOf(one) || (one.id < other.id ? 1 : -1))
}

/** Whether a folder holds at least one of our files. */
export function isSessionFolder(folder: string): boolean {
  const isThere = (file: string): boolean =>
    lstatSync(join(folder, file), { throwIfNoEntry: false }) !== undefined
  if (Object.values(SESSION_FILES).some(isThere)) return true
  const { raw, meta, events } = SESSION_FILES
  return [raw, meta, events].some((log) => logParts(folder, log).length > 0)
}

function entriesOf(root: string): Dirent[] {
  try {
    return readdirSync(root, { withFileTypes: true })
  } catch {
    return []
  }
}
