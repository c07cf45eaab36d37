import { type Attributes, encodeAttributes } from '@tacho/format'
import type { Conversation } from '../conversation.js'

/** What was said last, and of what. */
type Said = {
  threadId: string | undefined
  turnId: string | undefined
  attributes: Attributes
}

/** Where things stand in a session: its run, and what is known of its threads. */
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

  /** What every span of a conversation says. */
  attributes({ threadId, turnId }: Conversation): Readonly<Attributes> {
    // What follows is mostly of the same turn.
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

  /** What a thread is for that is not the user's: a title, a review, a subagent. */
  sourceOf(threadId: string | undefined): string | undefined {
    return threadId === undefined ? undefined : this.#sources.get(threadId)
  }

  /** @returns whether it was not known before. */
  noteSource(threadId: string, source: string): boolean {
    if (this.#sources.get(threadId) === source) return false
    this.#sources.set(threadId, source)
    return true
  }
}
