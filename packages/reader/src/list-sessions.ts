import { type Dirent, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isSessionId, SESSION_FILES } from '@tacho/format'
import type { FoundSession, OnSkipped } from './found-session.js'
import { partNumbers } from './log-parts.js'

/**
 * Finds the session folders in these roots. Everything else is skipped: files, links, folders with
 * other names, folders without our files (such as Codex's own `2026/`). A root that does not exist
 * holds none.
 *
 * @param onSkipped receives each root and each folder that cannot be examined.
 */
export function findSessions(
  roots: readonly string[],
  onSkipped: OnSkipped = () => {},
): FoundSession[] {
  return roots.flatMap((root) =>
    entriesOf(root, onSkipped)
      .filter((entry) => entry.isDirectory() && isSessionId(entry.name))
      .map((entry) => ({ id: entry.name, folder: join(root, entry.name), root }))
      .filter((session) => {
        const looked = lookInto(session.folder)
        if ('reason' in looked) onSkipped({ folder: session.folder, session, ...looked })
        return 'isSession' in looked && looked.isSession
      }),
  )
}

/** Sorts by start, latest first. Times are compared as times, because their offsets can differ. */
export function newestFirst<Started extends { lastStartedAt?: string; id: string }>(
  sessions: Started[],
): Started[] {
  const timeOf = ({ lastStartedAt }: Started): number => Date.parse(lastStartedAt ?? '') || 0
  return sessions.sort((one, other) => timeOf(other) - timeOf(one) || (one.id < other.id ? 1 : -1))
}

/** Returns whether a folder contains at least one of our files. */
export function isSessionFolder(folder: string): boolean {
  const looked = lookInto(folder)
  return 'isSession' in looked && looked.isSession
}

/**
 * Returns whether a folder contains at least one of our files, and its names; or why that cannot be
 * determined.
 */
export function lookInto(
  folder: string,
): { isSession: boolean; names: readonly string[] } | { reason: string } {
  try {
    const names = readdirSync(folder)
    return { isSession: FIXED.some((file) => names.includes(file)) || hasParts(names), names }
  } catch (cause) {
    const reason = whyUnreadable(cause)
    return reason === undefined ? { isSession: false, names: [] } : { reason }
  }
}

const FIXED = Object.values(SESSION_FILES)

function hasParts(names: readonly string[]): boolean {
  const { raw, meta, events } = SESSION_FILES
  return [raw, meta, events].some((log) => partNumbers(names, log).length > 0)
}

function entriesOf(root: string, onSkipped: OnSkipped): Dirent[] {
  try {
    return readdirSync(root, { withFileTypes: true })
  } catch (cause) {
    const reason = whyUnreadable(cause)
    if (reason !== undefined) onSkipped({ folder: root, reason })
    return []
  }
}

/** Returns why a folder cannot be examined; undefined if it does not exist. */
export function whyUnreadable(cause: unknown): string | undefined {
  const { code, message } = cause as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
  if (code === 'EACCES' || code === 'EPERM') return `permission denied (${code})`
  return `it cannot be read (${code ?? message})`
}
