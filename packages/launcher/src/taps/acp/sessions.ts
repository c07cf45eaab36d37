import type { Recording, Session } from '@tacho/recorder'

/**
 * If a connection has more sessions than this, the rest are recorded into the last one: each has
 * open files, and only a mistake starts this many.
 */
const MOST_SESSIONS = 100

/** The sessions that an agent and its client mention, by their ids. */
export class AcpSessions {
  readonly #known = new Set<string>()
  /** The number of unanswered prompts per session. */
  readonly #prompts = new Map<unknown, number>()
  readonly #onMany: () => void

  /** @param onMany called once if there are too many. */
  constructor(onMany: () => void = () => {}) {
    this.#onMany = onMany
  }

  isKnown(sessionId: unknown): sessionId is string {
    return typeof sessionId === 'string' && this.#known.has(sessionId)
  }

  /** Notes a session that the agent or its client mentioned. */
  note(sessionId: unknown): void {
    if (typeof sessionId !== 'string' || this.#known.has(sessionId)) return
    if (this.#known.size < MOST_SESSIONS) this.#known.add(sessionId)
    else this.#onMany()
  }

  /** Notes a prompt. */
  prompted(sessionId: unknown): void {
    this.#prompts.set(sessionId, (this.#prompts.get(sessionId) ?? 0) + 1)
  }

  /** Notes that a prompt was answered. */
  answered(sessionId: unknown): void {
    const left = (this.#prompts.get(sessionId) ?? 0) - 1
    if (left > 0) this.#prompts.set(sessionId, left)
    else this.#prompts.delete(sessionId)
  }

  /** The only session with an open prompt; undefined if there are several, or none. */
  get working(): string | undefined {
    const [first, ...others] = this.#prompts.keys()
    return others.length === 0 && this.isKnown(first) ? first : undefined
  }

  /** Returns the session with an id; for an unknown id, the most recently active session. */
  of(sessionId: unknown, recording: Recording, at?: number): Session {
    return recording.session(this.isKnown(sessionId) ? sessionId : undefined, at)
  }

  all(recording: Recording): Session[] {
    return this.#known.size === 0
      ? [recording.latest]
      : [...new Set([...this.#known].map((id) => recording.session(id)))]
  }
}
