import { type Attributes, known } from '../attributes.js'
import type { Conversation } from '../conversation.js'

/** Where things stand in a session: its run, and what is known of its threads. */
export class Places {
  /** The span of the run. */
  readonly run: string
  readonly #sessionId: string
  readonly #sources = new Map<string, string>()

  constructor(sessionId: string, run: string) {
    this.#sessionId = sessionId
    this.run = run
  }

  /** What every span of a conversation says. */
  attributes({ threadId, turnId }: Conversation): Attributes {
    return known({
      'session.id': this.#sessionId,
      'gen_ai.conversation.id': threadId ?? this.#sessionId,
      'tacho.turn.id': turnId,
    })
  }

  /** What a thread is for that is not the user's: a title, a review, a subagent. */
  sourceOf(threadId: string | undefined): string | undefined {
    return threadId === undefined ? undefined : this.#sources.get(threadId)
  }

  noteSource(threadId: string | undefined, source: string | undefined): void {
    if (threadId !== undefined && source !== undefined) this.#sources.set(threadId, source)
  }
}
