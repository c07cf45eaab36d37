import type { Recording, Session } from '@tacho/recorder'

/**
 * More sessions than this of one connection are recorded into the last one: each has files that are
 * open, and nobody starts this many but by mistake.
 */
const MOST_SESSIONS = 100

/** The sessions that an agent and its client speak of, by the ids that they give them. */
export class AcpSessions {
  readonly #known = new Set<string>()
  /** How many prompts of each are not answered. */
  readonly #prompts = new Map<unknown, number>()
  readonly #onMany: () => void

  /** @param onMany is told once that there are too many. */
  constructor(onMany: () => void = () => {}) {
    this.#onMany = onMany
  }

  isKnown(sessionId: unknown): sessionId is string {
    return typeof sessionId === 'string' && this.#known.has(sessionId)
  }

  /** The agent or its client has said that there is this session. */
  note(sessionId: unknown): void {
    if (typeof sessionId !== 'string' || this.#known.has(sessionId)) return
    if (this.#known.size < MOST_SESSIONS) this.#known.add(sessionId)
    else this.#onMany()
  }

  /** A prompt was sent. */
  prompted(sessionId: unknown): void {
    this.#prompts.set(sessionId, (this.#prompts.get(sessionId) ?? 0) + 1)
  }

  /** It was answered. */
  answered(sessionId: unknown): void {
    const left = (this.#prompts.get(sessionId) ?? 0) - 1
    if (left > 0) this.#prompts.set(sessionId, left)
    else this.#prompts.delete(sessionId)
  }

  /** The only session that works at a prompt; nothing where several do, or none. */
  get working(): string | undefined {
    const [first, ...others] = this.#prompts.keys()
    return others.length === 0 && this.isKnown(first) ? first : undefined
  }

  /** The session of an id; of one that nobody has told of, that which was heard of last. */
  of(sessionId: unknown, recording: Recording, at?: number): Session {
    return recording.session(this.isKnown(sessionId) ? sessionId : undefined, at)
  }

  all(recording: Recording): Session[] {
    return this.#known.size === 0
      ? [recording.latest]
      : [...new Set([...this.#known].map((id) => recording.session(id)))]
  }
}
