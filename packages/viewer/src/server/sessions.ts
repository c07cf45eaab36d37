import { statSync } from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import {
  type ConversationReader,
  conversationReader,
  FollowedExplanation,
  FollowedSession,
  type FoundSession,
  findSessions,
  isRunning,
  isSessionFolder,
  LineMarks,
  quickExplanation,
  type Session,
  sessionParts,
  type ToldExplanation,
} from '@tacho/reader'
import type { SessionAnswer } from '../api/answers.js'
import { ExplainedApart } from './explained-apart.js'
import { Kept } from './kept.js'
import { FollowedProblems } from './shown/log-problems.js'
import { shownSession } from './shown/session.js'

const NOT_OVER: ReadonlySet<string> = new Set(['running', 'died'])
/** Up to this size, a session is explained at once. */
export const QUICK_BYTES = 16 * 1024 * 1024
/** How long relative times are considered unchanged. */
const SAME_MS = 500

export type SessionsOptions = {
  roots: readonly string[]
  /** Returns where Jaeger shows the trace of a session; undefined if it was sent nowhere. */
  traceUrl?: ((session: FoundSession) => string | undefined) | undefined
}

/**
 * The sessions that may be requested. A name in a request is looked up in the list of existing
 * ones, and never becomes part of a path.
 */
export class Sessions {
  readonly roots: readonly string[]
  readonly #traceUrl: SessionsOptions['traceUrl']
  readonly #found = new Map<string, FoundSession>()
  readonly #followed = new Kept(async ({ folder }) => followed(folder))
  readonly #read = new Kept(
    async (session) => (await this.#followed.of(session, '')).read(),
    ({ session: { ended } }, { folder }) => ended !== 'running' || isRunning(folder),
  )
  readonly #explaining = new Kept(async ({ folder }) => explaining(folder))
  readonly #explained = new Kept(
    async (session) => ({
      told: await (await this.#explaining.of(session, ''))(),
      at: Date.now(),
    }),
    // Until a session is over, the text says how long ago something was.
    ({ told, at }) => !NOT_OVER.has(told.session.ended) || Date.now() - at < SAME_MS,
  )
  readonly #readers = new Kept(async ({ folder }) => conversationReader(folder))
  readonly #marks = new Kept(async ({ folder }) => ({
    log: new LineMarks(folder, SESSION_FILES.log),
    events: new LineMarks(folder, SESSION_FILES.events),
  }))
  readonly #urls = new Kept(async (session) => this.#traceUrl?.(session))
  #last: Promise<unknown> = Promise.resolve()

  constructor({ roots, traceUrl }: SessionsOptions) {
    this.roots = roots
    this.#traceUrl = traceUrl
  }

  /** Searches all folders only if it does not know the session yet. */
  find(id: string): FoundSession | undefined {
    const known = this.#found.get(id)
    if (known !== undefined && isSessionFolder(known.folder)) return known
    this.#found.clear()
    for (const session of findSessions(this.roots)) {
      if (!this.#found.has(session.id)) this.#found.set(session.id, session)
    }
    return this.#found.get(id)
  }

  /** Returns a session without its bodies. */
  async read(session: FoundSession): Promise<Session> {
    return (await this.#read.of(session, stampOf(session.folder))).session
  }

  /** Returns the same in the page's form. What has not changed is the same object as before. */
  async shown(session: FoundSession): Promise<SessionAnswer> {
    const { answer } = await this.#read.of(session, stampOf(session.folder))
    const traceUrl = await this.traceUrl(session)
    return traceUrl === undefined ? answer : { ...answer, traceUrl }
  }

  /** Returns why it went as it did. */
  async explain(session: FoundSession): Promise<ToldExplanation> {
    const { told } = await this.#explained.of(session, stampOf(session.folder))
    return told
  }

  /** Returns the reader for its conversations. */
  reader(session: FoundSession): Promise<ConversationReader> {
    return this.#readers.of(session, stampOf(session.folder, [SESSION_FILES.raw]))
  }

  /** Returns the marks of those lines in its logs that were requested. */
  marks(session: FoundSession): Promise<{ log: LineMarks; events: LineMarks }> {
    return this.#marks.of(session, '')
  }

  /** Returns where Jaeger shows its trace. */
  traceUrl(session: FoundSession): Promise<string | undefined> {
    return this.#urls.of(session, stampOf(session.folder, [SESSION_FILES.export]))
  }

  /** Runs slow work after all earlier work of that kind. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => undefined)
    return done
  }
}

/** Returns a function that explains a session repeatedly. */
function explaining(folder: string): () => Promise<ToldExplanation> {
  const here = new FollowedExplanation(folder)
  const apart = new ExplainedApart(folder)
  return async () =>
    (await quickExplanation(folder, QUICK_BYTES, () => here.explain())) ?? apart.explain()
}

/** Returns functions that read a session repeatedly, and convert it for the page. */
function followed(folder: string) {
  const session = new FollowedSession(folder)
  const problems = new FollowedProblems(folder)
  return {
    async read(): Promise<{ session: Session; answer: SessionAnswer }> {
      const read = await session.read()
      const isLive = read.ended === 'running'
      const parts = sessionParts(read)
      const heading = session.heading(read, parts.turns.length)
      const answer = shownSession(read, parts, heading, isLive ? problems.read() : undefined)
      return { session: read, answer }
    },
  }
}

/** The list of exported spans does not show what happened. */
const TELLING = Object.values(SESSION_FILES).filter((file) => file !== SESSION_FILES.export)

/** Returns a stamp that changes whenever something is written to a session. */
export function stampOf(folder: string, files: readonly string[] = TELLING): string {
  return files
    .map((file) => statSync(join(folder, file), { throwIfNoEntry: false }))
    .map((status) =>
      status === undefined ? '-' : `${status.ino}:${status.size}:${status.mtimeMs}`,
    )
    .join(' ')
}
