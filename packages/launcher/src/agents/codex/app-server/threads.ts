import type { Recording, Session } from '@tacho/recorder'

/** What is told of a thread: the session that it belongs to and where it stands in it. */
export type ThreadOnWire = { id?: unknown; sessionId?: unknown; parentThreadId?: unknown }

/** Which session each of Codex's threads on a connection belongs to. */
export class Threads {
  readonly #recording: Recording
  readonly #onThread: (threadId: string, session: Session) => void
  readonly #sessionIds = new Map<string, string>()

  constructor(recording: Recording, onThread: (threadId: string, session: Session) => void) {
    this.#recording = recording
    this.#onThread = onThread
  }

  /** The sessions that threads of this connection belong to. */
  sessions(): Session[] {
    return [...new Set(this.#sessionIds.values())].map((id) => this.#recording.session(id))
  }

  note({ id, sessionId, parentThreadId }: ThreadOnWire): void {
    if (typeof id !== 'string' || this.#sessionIds.has(id)) return
    // Older Codexes do not tell the session: it is that of the thread at the top.
    const parents = typeof parentThreadId === 'string' && this.#sessionIds.get(parentThreadId)
    const known = typeof sessionId === 'string' ? sessionId : parents || id
    this.#sessionIds.set(id, known)
    const session = this.#recording.session(known)
    this.#recording.noteThread(id, session)
    this.#onThread(id, session)
  }

  isKnown(threadId: unknown): threadId is string {
    return typeof threadId === 'string' && this.#sessionIds.has(threadId)
  }

  /** The session of a thread; of one that was never told of, that which was heard of last. */
  sessionOf(threadId: unknown): Session {
    const known = typeof threadId === 'string' ? this.#sessionIds.get(threadId) : undefined
    return this.#recording.session(known)
  }
}
