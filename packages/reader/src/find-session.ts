import { lstatSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { homePath, isSessionId, SESSION_FILES } from '@tacho/format'
import type { FoundSession, OnSkipped, SkippedFolder } from './found-session.js'
import { hasContent } from './has-content.js'
import { findSessions, isSessionFolder, lookInto, newestFirst } from './list-sessions.js'
import { logParts } from './log-parts.js'
import { isoOfMicros } from './micros.js'
import { readManifest } from './read-manifest.js'
import { ReaderError } from './reader-error.js'
import { sessionsByStart } from './session-index/session-list.js'
import { sessionState } from './session-state.js'

export type FindOptions = {
  /** Receives folders that cannot be examined, if that may be why the session was not found. */
  onSkipped?: OnSkipped
  /** Receives sessions without content that started after the one that `last` means. */
  onEmpty?: (session: FoundSession) => void
  /** Receives the session that `last` means if it is empty because no session has content. */
  onNothing?: (session: FoundSession) => void
}

/**
 * Finds the session meant by an id, by a prefix of exactly one id, by the path of its folder, or by
 * `last`: the most recently started that has content, if any has. A text with a slash is a path;
 * one without is a path only if no id begins with it.
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

// A path names what it leads to, even through a link.
function sessionAt(path: string): FoundSession {
  const named = resolve(homePath(path, homedir()))
  let folder = named
  try {
    folder = realpathSync(named)
    // Shells complete a path to one of the files in it.
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

/** Returns one session per id. An id typed in exactly its own case means only that one. */
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
  const sure = sessions.length < FEW ? lastByManifest(sessions) : undefined
  if (sure !== undefined && hasContent(sure.folder)) return sure
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

/**
 * Returns the session that started last, if the manifests show that: no other one has changed since
 * then. What a manifest may lack is in the spans, and reading those of each session takes long.
 */
function lastByManifest(sessions: readonly FoundSession[]): FoundSession | undefined {
  let last: FoundSession | undefined
  let lastStart = 0
  for (const session of sessions) {
    const start = startInManifest(session)
    if (start > lastStart) [last, lastStart] = [session, start]
  }
  return sessions.every((one) => one === last || changedAt(one) < lastStart) ? last : undefined
}

/** In milliseconds; 0 if it is not known. */
function startInManifest({ folder }: FoundSession): number {
  const read = readManifest(folder)
  const runs = 'manifest' in read ? read.manifest.runs : []
  return Math.max(0, ...runs.map(({ startedAt }) => Date.parse(startedAt) || 0))
}

/** Returns when the folder or its spans last changed, in milliseconds. */
function changedAt({ folder }: FoundSession): number {
  try {
    const files = logParts(folder, SESSION_FILES.meta).map((name) => join(folder, name))
    return Math.max(...[folder, ...files].map((path) => lstatSync(path).mtimeMs))
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

/** Sorts by start, latest first; through the index if there is one, because there can be many. */
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

/** Examining this many is as fast as an index. */
const FEW = 50

// The manifest and the spans of the runs show it, and are small; otherwise the folder's own time.
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
