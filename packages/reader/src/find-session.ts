import { lstatSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { homePath, isSessionId } from '@tacho/format'
import type { FoundSession, OnSkipped, SkippedFolder } from './found-session.js'
import { hasContent } from './has-content.js'
import { findSessions, isSessionFolder, lookInto, newestFirst } from './list-sessions.js'
import { isoOfMicros } from './micros.js'
import { ReaderError } from './reader-error.js'
import { sessionsByStart } from './session-index/session-list.js'
import { sessionState } from './session-state.js'

export type FindOptions = {
  /** Is told of folders that cannot be looked into, where that may have cost the session. */
  onSkipped?: OnSkipped
  /** Is told of sessions with nothing in them that started after the one that `last` means. */
  onEmpty?: (session: FoundSession) => void
  /** Is told that `last` means one with nothing in it, because no session has anything. */
  onNothing?: (session: FoundSession) => void
}

/**
 * The session that is meant by an id, by the beginning of exactly one id, by the path of its folder,
 * or by `last`: the last started that has something in it, if any has. A text with a slash is a path; one
 * without is a path where no id begins so.
 *
 * @throws ReaderError `no-session`, `ambiguous`, `unreadable`.
 */
export function findSession(
  name: string,
  roots: readonly string[],
  options: FindOptions = {},
): FoundSession {
  if (isPath(name)) return sessionAt(name)
  const { onSkipped = () => {} } = options
  const skipped: SkippedFolder[] = []
  const sessions = findSessions(roots, (folder) => skipped.push(folder))
  if (name === 'last') {
    skipped.forEach(onSkipped)
    return lastOf(sessions, roots, options)
  }
  const exact = sessions.find(({ id }) => id === name)
  if (exact !== undefined) return exact
  const locked = skipped.find(({ session }) => session?.id === name)
  if (locked !== undefined) throw unreadable(locked)
  const found = beginningWith(name, sessions)
  const [only, ...others] = found
  if (others.length > 0) throw ambiguous(name, found)
  if (only !== undefined) return only
  if (isSessionId(name) && isSessionFolder(resolve(name))) return sessionAt(name)
  skipped.forEach(onSkipped)
  throw noSession(name, roots)
}

function isPath(name: string): boolean {
  return name.includes('/') || name === '.' || name === '..' || name === '~'
}

// Who names a path means what stands there, also through a link.
function sessionAt(path: string): FoundSession {
  const named = resolve(homePath(path, homedir()))
  let folder = named
  try {
    folder = realpathSync(named)
    // One of its files was named, as a shell completes it.
    if (!lstatSync(folder).isDirectory()) folder = dirname(folder)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'EACCES' || code === 'EPERM') {
      throw unreadable({ folder: named, reason: `permission denied (${code})` })
    }
    const why = code === 'ENOENT' || code === 'ENOTDIR' ? 'There is no' : `${code ?? message}:`
    throw new ReaderError('no-session', `${why} ${named}.`)
  }
  const looked = lookInto(folder)
  if ('reason' in looked) throw unreadable({ folder, ...looked })
  if (!looked.isSession) throw new ReaderError('no-session', `${named} holds no session.`)
  return { id: basename(folder), folder, root: dirname(folder) }
}

/** One of each id. Whoever types it in the case that it has means that one and no other. */
function beginningWith(name: string, sessions: readonly FoundSession[]): FoundSession[] {
  if (name === '') return []
  const any = sessions.filter(({ id }) => id.toLowerCase().startsWith(name.toLowerCase()))
  const exact = any.filter(({ id }) => id.startsWith(name))
  const byId = new Map<string, FoundSession>()
  for (const session of exact.length > 0 ? exact : any) {
    if (!byId.has(session.id)) byId.set(session.id, session)
  }
  return [...byId.values()]
}

function lastOf(
  sessions: readonly FoundSession[],
  roots: readonly string[],
  { onEmpty = () => {}, onNothing = () => {} }: FindOptions,
): FoundSession {
  const started = lastStarted(sessions, roots)
  const [newest] = started
  if (newest === undefined) throw noSession('last', roots)
  const empty: FoundSession[] = []
  for (const { session } of started) {
    if (hasContent(session.folder)) {
      empty.forEach(onEmpty)
      return session
    }
    empty.push(session)
  }
  onNothing(newest.session)
  return newest.session
}

/** The last started first; by the index, where there is one, because there can be many. */
function lastStarted(
  sessions: readonly FoundSession[],
  roots: readonly string[],
): { session: FoundSession }[] {
  const byIndex = sessions.length < FEW ? undefined : sessionsByStart(roots)
  if (byIndex !== undefined) return byIndex.map((session) => ({ session }))
  return newestFirst(
    sessions.map((session) => ({ session, id: session.id, ...lastStart(session) })),
  )
}

/** This many are looked at as fast as an index. */
const FEW = 50

// The manifest and the runs' spans tell, and are small; else the folder's own time.
function lastStart(session: FoundSession): { lastStartedAt?: string } {
  const { lastStartedAt } = sessionState(session)
  if (lastStartedAt !== undefined) return { lastStartedAt }
  const status = lstatSync(session.folder, { throwIfNoEntry: false })
  const changedAt = status === undefined ? undefined : isoOfMicros(status.mtimeMs * 1000)
  return changedAt === undefined ? {} : { lastStartedAt: changedAt }
}

function unreadable({ folder, reason }: SkippedFolder): ReaderError {
  return new ReaderError('unreadable', `${join(folder)} cannot be looked into: ${reason}.`)
}

function noSession(name: string, roots: readonly string[]): ReaderError {
  const what = name === 'last' ? 'There is no session yet' : `There is no session ${name}`
  return new ReaderError(
    'no-session',
    `${what}. Looked in:\n${roots.map((root) => `  ${root}`).join('\n')}`,
  )
}

const CANDIDATES = 20

function ambiguous(name: string, sessions: readonly FoundSession[]): ReaderError {
  const ids = sessions.map(({ id }) => id).sort()
  const shown = ids.slice(0, CANDIDATES)
  const rest = ids.length - shown.length
  const more = rest > 0 ? `\n  and ${rest} more` : ''
  return new ReaderError(
    'ambiguous',
    `${name} is the beginning of ${ids.length} sessions:\n${shown.map((id) => `  ${id}`).join('\n')}${more}`,
  )
}
