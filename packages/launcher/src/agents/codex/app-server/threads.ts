import type { Recording, Session } from '@tacho/recorder'

/** What a message says about a thread: its session, and its parent. */
export type ThreadOnWire = { id?: unknown; sessionId?: unknown; parentThreadId?: unknown }

/** Maps each of Codex's threads on a connection to its session. */
export class Threads {
  readonly #recording: Recording
  readonly #onThread: (threadId: string, session: Session) => void
  readonly #sessionIds = new Map<string, string>()

  constructor(recording: Recording, onThread: (threadId: string, session: Session) => void) {
    this.#recording = recording
    this.#onThread = onThread
  }

  /** Returns the sessions of this connection's threads. */
  sessions(): Session[] {
    return [...new Set(this.#sessionIds.values())].map((id) => this.#recording.session(id))
  }

  note({ id, sessionId, parentThreadId }: ThreadOnWire): void {
    if (typeof id !== 'string' || this.#sessionIds.has(id)) return
    // Older versions of Codex do not name the session: it is that of the top thread.
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

  /** Returns a thread's session; for an unknown thread, the most recently active session. */
  sessionOf(threadId: unknown): Session {
    const known = typeof threadId === 'string' ? this.#sessionIds.get(threadId) : undefined
    return this.#recording.session(known)
  }
}
