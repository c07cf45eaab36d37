import { decodeAttributes } from '@tacho/format'
import {
  compactionOf,
  type SessionExchange,
  type Thread,
  type ThreadKind,
  TURN_OUTCOMES,
  type Turn,
  threadKindOf,
  turnOutcomeOf,
} from '@tacho/model'
import { known } from './known.js'
import { leftOpenBy } from './left-open.js'
import { oncePerSpan } from './once-per-span.js'
import type { Session } from './read-session.js'
import { type Span, spansOfKind } from './read-spans.js'

const told = oncePerSpan((span) => decodeAttributes('invoke_agent', span.attributes))

type Parts = Pick<Session, 'id' | 'spans' | 'runs' | 'ended' | 'exchanges'>

/**
 * Returns the threads of a session with their turns, in order of start. Turns and requests show
 * what a thread is for; one without such a sign is the user's, unless another has the session's own
 * id.
 */
export function threadsOf(session: Parts): Thread[] {
  const sources = sourcesOf(session)
  const began = new Map<string, number>()
  const see = (id: string | undefined, at: number): void => {
    if (id !== undefined) began.set(id, Math.min(began.get(id) ?? at, at))
  }
  const spans = spansOfKind(session.spans, 'invoke_agent')
  for (const span of spans) see(threadIdOf(span), span.startedAt)
  for (const { threadId, startedMicros } of session.exchanges) see(threadId, startedMicros)
  const ids = [...began].sort(([, one], [, other]) => one - other).map(([id]) => id)
  const threads: Thread[] = []
  const counts = new Counts<ThreadKind>()
  for (const id of ids) {
    const source = sources.get(id)
    const isOther = source === undefined && id !== session.id && began.has(session.id)
    const kind = isOther ? 'other' : threadKindOf(source)
    const number = counts.next(kind)
    threads.push({ id, kind, number, of: 0, turns: [], ...known({ source }) })
  }
  for (const thread of threads) thread.of = counts.of(thread.kind)
  addTurns(session, spans, threads)
  return threads
}

/** Returns all turns of a session, in order of start. */
export function turnsOf(threads: readonly Thread[]): Turn[] {
  return threads.flatMap(({ turns }) => turns).sort((one, other) => one.startedAt - other.startedAt)
}

class Counts<Key> {
  readonly #counts = new Map<Key, number>()

  next(key: Key): number {
    const count = this.of(key) + 1
    this.#counts.set(key, count)
    return count
  }

  of(key: Key): number {
    return this.#counts.get(key) ?? 0
  }
}

function sourcesOf({ spans, exchanges }: Parts): Map<string, string> {
  const sources = new Map<string, string>()
  for (const { threadId, threadSource } of exchanges) {
    if (threadId !== undefined && threadSource !== undefined) sources.set(threadId, threadSource)
  }
  for (const span of spansOfKind(spans, 'invoke_agent')) {
    const { threadId, threadSource } = told(span)
    if (threadId !== undefined && threadSource !== undefined) sources.set(threadId, threadSource)
  }
  return sources
}

function addTurns(session: Parts, spans: readonly Span[], threads: readonly Thread[]): void {
  const byId = new Map(threads.map((thread) => [thread.id, thread]))
  const compacted = new Set(compactions(session.exchanges))
  const counts = new Counts<string>()
  let ofUser = 0
  for (const span of [...spans].sort((one, other) => one.startedAt - other.startedAt)) {
    const thread = byId.get(threadIdOf(span) ?? '') ?? unnamed(session, threads as Thread[], byId)
    const turn = turnOf(session, span, thread.kind)
    if (turn.kind === 'user' && compacted.has(turn.id ?? '')) turn.kind = 'compaction'
    if (turn.kind === 'user') ofUser += 1
    turn.number = turn.kind === 'user' ? ofUser : counts.next(`${thread.id} ${turn.kind}`)
    thread.turns.push(turn)
  }
}

/** Returns the turns in which the user only asked to shorten the conversation. */
function compactions(exchanges: readonly SessionExchange[]): string[] {
  return exchanges.flatMap(({ turnId, requestKind }) =>
    turnId !== undefined && compactionOf(requestKind) === 'manual' ? [turnId] : [],
  )
}

function turnOf(session: Parts, span: Span, kind: ThreadKind): Turn {
  const { threadId, turnId, status, outcome } = told(span)
  const named = TURN_OUTCOMES.find((one) => one === outcome)
  const { spanId, startedAt, endedAt } = span
  return {
    spanId,
    kind,
    number: 1,
    startedAt,
    ...known({ id: turnId, threadId, status, endedAt }),
    ...(endedAt === undefined
      ? { open: leftOpenBy(session, span) }
      : { outcome: named ?? turnOutcomeOf(status) ?? (span.isError ? 'failed' : 'unknown') }),
  }
}

// A turn without a thread, as in other programs, belongs to the session's own.
function unnamed(session: Parts, threads: Thread[], byId: Map<string, Thread>): Thread {
  const known = byId.get(session.id)
  if (known !== undefined) return known
  const thread: Thread = { id: session.id, kind: 'user', number: 1, of: 1, turns: [] }
  threads.push(thread)
  byId.set(session.id, thread)
  return thread
}

function threadIdOf(span: Span): string | undefined {
  return told(span).threadId
}
