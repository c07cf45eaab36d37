import { type Attributes, encodeAttributes } from '@tacho/format'
import type { Conversation } from '../conversation.js'

/** What was last said, and about what. */
type Said = {
  threadId: string | undefined
  turnId: string | undefined
  attributes: Attributes
}

/** The places in a session: its run, and what is known about its threads. */
export class Places {
  /** The span of the run. */
  readonly run: string
  readonly #sessionId: string
  readonly #sources = new Map<string, string>()
  #last: Said | undefined

  constructor(sessionId: string, run: string) {
    this.#sessionId = sessionId
    this.run = run
  }

  /** Returns the attributes that every span of a conversation has. */
  attributes({ threadId, turnId }: Conversation): Readonly<Attributes> {
    // Most of what follows belongs to the same turn.
    if (
      this.#last === undefined ||
      this.#last.threadId !== threadId ||
      this.#last.turnId !== turnId
    )
      this.#last = { threadId, turnId, attributes: this.#attributesOf(threadId, turnId) }
    return this.#last.attributes
  }

  #attributesOf(threadId: string | undefined, turnId: string | undefined): Attributes {
    const sessionId = this.#sessionId
    return encodeAttributes('session', { sessionId, threadId: threadId ?? sessionId, turnId })
  }

  /** Returns what a thread other than the user's is for: a title, a review, a subagent. */
  sourceOf(threadId: string | undefined): string | undefined {
    return threadId === undefined ? undefined : this.#sources.get(threadId)
  }

  /** @returns whether this is news. */
  noteSource(threadId: string, source: string): boolean {
    if (this.#sources.get(threadId) === source) return false
    this.#sources.set(threadId, source)
    return true
  }
}
