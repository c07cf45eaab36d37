import { type Dirent, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isSessionId, SESSION_FILES } from '@tacho/format'
import type { FoundSession, OnSkipped } from './found-session.js'
import { partNumbers } from './log-parts.js'

/**
 * The session folders in these roots. Whatever else is there is passed over: files, links, folders
 * of other names, folders with none of our files (such as Codex's own `2026/`). A root that is not
 * there holds none.
 *
 * @param onSkipped is told of each root and each folder that cannot be looked into.
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

/** Puts the last started first. Times are compared as times: they can have different offsets. */
export function newestFirst<Started extends { lastStartedAt?: string; id: string }>(
  sessions: Started[],
): Started[] {
  const timeOf = ({ lastStartedAt }: Started): number => Date.parse(lastStartedAt ?? '') || 0
  return sessions.sort((one, other) => timeOf(other) - timeOf(one) || (one.id < other.id ? 1 : -1))
}

/** Whether a folder holds at least one of our files. */
export function isSessionFolder(folder: string): boolean {
  const looked = lookInto(folder)
  return 'isSession' in looked && looked.isSession
}

/** Whether a folder holds at least one of our files, or why nobody can tell. */
export function lookInto(folder: string): { isSession: boolean } | { reason: string } {
  try {
    const names = readdirSync(folder)
    return { isSession: FIXED.some((file) => names.includes(file)) || hasParts(names) }
  } catch (cause) {
    const reason = whyUnreadable(cause)
    return reason === undefined ? { isSession: false } : { reason }
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

/** Why a folder cannot be looked into; nothing where there is none. */
export function whyUnreadable(cause: unknown): string | undefined {
  const { code, message } = cause as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
  if (code === 'EACCES' || code === 'EPERM') return `permission denied (${code})`
  return `it cannot be read (${code ?? message})`
}
