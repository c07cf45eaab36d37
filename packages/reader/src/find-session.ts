import type { FoundSession } from './found-session.js'
import { findSessions, newestFirst } from './list-sessions.js'
import { readManifest } from './read-manifest.js'
import { ReaderError } from './reader-error.js'
import { summarize } from './summarize.js'

/**
 * The session that is meant by an id, by the beginning of exactly one id, or by `last`.
 *
 * @throws ReaderError `no-session`, `ambiguous`.
 */
export function findSession(name: string, roots: readonly string[]): FoundSession {
  const sessions = findSessions(roots)
  if (name === 'last') return lastOf(sessions, roots)
  const exact = sessions.find(({ id }) => id === name)
  if (exact !== undefined) return exact
  const byId = new Map<string, FoundSession>()
  for (const session of sessions) {
    if (startsWith(session.id, name) && !byId.has(session.id)) byId.set(session.id, session)
  }
  const [only, ...others] = byId.values()
  if (only === undefined) throw noSession(name, roots)
  if (others.length > 0) throw ambiguous(name, [...byId.keys()])
  return only
}

function startsWith(id: string, prefix: string): boolean {
  return prefix !== '' && id.toLowerCase().startsWith(prefix.toLowerCase())
}

function lastOf(sessions: FoundSession[], roots: readonly string[]): FoundSession {
  const [last] = newestFirst(sessions.map((session) => ({ ...session, ...lastStart(session) })))
  if (last === undefined) throw noSession('last', roots)
  const { id, folder, root } = last
  return { id, folder, root }
}

// The manifest tells, and is small. Where it does not, the logs have to be looked at.
function lastStart(session: FoundSession): { lastStartedAt?: string } {
  const read = readManifest(session.folder)
  const starts = 'manifest' in read ? read.manifest.runs.map((run) => run.startedAt) : []
  const lastStartedAt = starts.sort().at(-1) ?? summarize(session).lastStartedAt
  return lastStartedAt === undefined ? {} : { lastStartedAt }
}

function noSession(name: string, roots: readonly string[]): ReaderError {
  const what = name === 'last' ? 'There is no session yet' : `There is no session ${name}`
  return new ReaderError(
    'no-session',
    `${what}. Looked in:\n${roots.map((root) => `  ${root}`).join('\n')}`,
  )
}

const CANDIDATES = 20

function ambiguous(name: string, ids: string[]): ReaderError {
  const shown = ids.sort().slice(0, CANDIDATES)
  const rest = ids.length - shown.length
  const more = rest > 0 ? `\n  and ${rest} more` : ''
  return new ReaderError(
    'ambiguous',
    `${name} is the beginning of ${ids.length} sessions:\n${shown.map((id) => `  ${id}`).join('\n')}${more}`,
  )
}
