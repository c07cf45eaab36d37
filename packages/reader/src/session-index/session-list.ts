import { realpathSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import type { FoundSession } from '../found-session.js'
import type { SessionSummary } from '../summarize.js'
import { usableIndexFolder } from './index-folder.js'
import { lazilySorted } from './lazily-sorted.js'
import type { ListedSession } from './list-file.js'
import { CHANGED, type Checks, type Listening, RootList } from './root-list.js'

/** Which sessions are wanted; by default all. */
export type SessionQuery = {
  /** At most this many: those that started last. */
  count?: number
  /** Those that are running or were active since then, in milliseconds since 1970. */
  since?: number
  /** Those that started by then. */
  until?: number
  /** Those whose last run worked in this folder, or below it. */
  cwd?: string
  /** Those of this agent. */
  agent?: string
  /** Those that did not end well: {@link endedBadly}. */
  isFailed?: boolean
  isRunning?: boolean
  /** Those whose title, or one of whose prompts, contains all of these words; ignores case. */
  words?: readonly string[]
}

/**
 * Returns the sessions in these roots that match a query, the last started first, through the
 * index: each is checked, and only those that changed are read.
 *
 * @param checks which sessions are checked; see {@link Checks}.
 */
export function listSessions(
  roots: readonly string[],
  query: SessionQuery = {},
  listening: Listening = {},
  checks: Checks = 'all',
): SessionSummary[] {
  // If one of those shown has changed, others may have.
  const listed = checks === 'shown' ? sessionsLike(query, roots, listening, 'shown') : undefined
  return listed ?? sessionsLike(query, roots, listening, 'all') ?? []
}

/** Returns undefined if not all were checked, and one was found changed. */
function sessionsLike(
  query: SessionQuery,
  roots: readonly string[],
  listening: Listening,
  checks: Checks,
): SessionSummary[] | undefined {
  const folder = usableIndexFolder()
  const lists = roots.map((root) => new RootList(root, folder, listening, checks))
  try {
    const found: SessionSummary[] = []
    for (const { session, list } of newestFirst(lists)) {
      if (found.length >= (query.count ?? Number.POSITIVE_INFINITY)) break
      const summary = list.summary(session)
      if (summary === CHANGED) return undefined
      if (summary !== undefined && isWanted(summary, query)) found.push(summary)
    }
    return found
  } finally {
    for (const list of lists) list.close()
  }
}

/**
 * Returns all sessions in these roots, the last started first; undefined if there can be no index.
 */
export function sessionsByStart(roots: readonly string[]): FoundSession[] | undefined {
  const folder = usableIndexFolder()
  if (folder === undefined) return undefined
  const lists = roots.map((root) => new RootList(root, folder, {}))
  for (const list of lists) list.close()
  return Array.from(newestFirst(lists), ({ session: { name }, list: { root } }) => ({
    ...{ id: name, root },
    folder: join(root, name),
  }))
}

/** Returns whether a session ended badly: by its exit, or because its last answer failed. */
export function endedBadly({ ended, marks: { lastOutcome } }: SessionSummary): boolean {
  if (ended === 'failed' || ended === 'died' || ended === 'signalled') return true
  return lastOutcome === 'failed' || lastOutcome === 'truncated'
}

function* newestFirst(
  lists: readonly RootList[],
): Generator<{ session: ListedSession; list: RootList }> {
  const rest = lists.map((list) => ({ list, sorted: lazilySorted(list.sessions, isNewer) }))
  const open = rest.map(({ list, sorted }) => ({ list, sorted, next: sorted.next() }))
  for (;;) {
    let first: (typeof open)[number] | undefined
    for (const one of open) {
      if (one.next.done) continue
      if (first === undefined || first.next.done || isNewer(one.next.value, first.next.value)) {
        first = one
      }
    }
    if (first === undefined || first.next.done) return
    yield { session: first.next.value, list: first.list }
    first.next = first.sorted.next()
  }
}

function isNewer(one: ListedSession, other: ListedSession): boolean {
  return one.started === other.started ? one.name > other.name : one.started > other.started
}

function isWanted(session: SessionSummary, query: SessionQuery): boolean {
  const { since, until, cwd, agent, isFailed, isRunning, words } = query
  const started = Date.parse(session.lastStartedAt ?? '')
  const lastActive = session.ended === 'running' ? Date.now() : Date.parse(session.endedAt ?? '')
  return (
    (since === undefined || (lastActive || started) >= since) &&
    (until === undefined || started <= until) &&
    (cwd === undefined || isBelow(session.cwd, cwd)) &&
    (agent === undefined || session.agent === agent || session.agentTitle === agent) &&
    (!isFailed || endedBadly(session)) &&
    (!isRunning || session.ended === 'running') &&
    (words === undefined || hasWords(session, words))
  )
}

function isBelow(cwd: string | undefined, folder: string): boolean {
  if (cwd === undefined) return false
  return [resolve(folder), realOf(folder)].some(
    (one) => cwd === one || cwd.startsWith(one.endsWith(sep) ? one : one + sep),
  )
}

function realOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}

function hasWords({ title, prompts }: SessionSummary, words: readonly string[]): boolean {
  const wanted = words.map((word) => word.toLowerCase())
  return [...(title === undefined ? [] : [title]), ...prompts].some((prompt) => {
    const text = prompt.toLowerCase()
    return wanted.every((word) => text.includes(word))
  })
}
