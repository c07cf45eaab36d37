import { record, text } from '../codex/values.js'
import { type Conversation, placeIn } from '../conversation.js'
import type { TurnOutcome } from '../parts/thread.js'
import type { SessionReducer } from '../session/session-reducer.js'
import { turnOutcomeOfError, turnOutcomeOfStop } from './words.js'

/** How an agent ended a turn: in its own word, and in ours. */
export type PromptEnd = { status: string; outcome: TurnOutcome }

type Prompt = { key: string; place: Conversation }

/**
 * The prompts of a session that are not answered: each is a turn. One that is sent while another is
 * being dealt with waits for that, and its turn begins when the other ends.
 */
export class Prompts {
  readonly #session: SessionReducer
  #open: Prompt[] = []
  #count = 0

  constructor(session: SessionReducer) {
    this.#session = session
  }

  /** Where the turn stands that is going on. */
  get running(): Conversation | undefined {
    return this.#open[0]?.place
  }

  placeOf(key: string): Conversation | undefined {
    return this.#open.find((prompt) => prompt.key === key)?.place
  }

  /** A client has sent a prompt. ACP has no ids for turns: ours is of the run, and counts them. */
  sent(key: string, sessionId: string | undefined, at: number): void {
    this.#count += 1
    const turnId = `${this.#session.places.run}-${this.#count}`
    this.#open.push({ key, place: placeIn(sessionId, turnId) })
    if (this.#open.length === 1) this.#begin(at)
  }

  /** What the answer to a prompt says. */
  endOf(message: Record<string, unknown>): PromptEnd {
    if (message.error !== undefined) {
      const { code } = record(message.error)
      const status = typeof code === 'number' ? `error ${code}` : 'error'
      return { status, outcome: turnOutcomeOfError(code) }
    }
    const stopReason = text(record(message.result).stopReason)
    return stopReason === undefined
      ? { status: 'unreadable', outcome: 'unknown' }
      : { status: stopReason, outcome: turnOutcomeOfStop(stopReason) }
  }

  ended(key: string, { status, outcome }: PromptEnd, at: number): void {
    const prompt = this.#open.find((one) => one.key === key)
    if (prompt === undefined) return
    const wasFirst = this.#open[0] === prompt
    this.#open = this.#open.filter((one) => one !== prompt)
    // An answer to one that waited is all that was ever seen of it.
    if (!wasFirst) this.#session.turns.within(prompt.place, at)
    this.#session.turnEnded(prompt.place, status, at, { outcome })
    if (wasFirst) this.#begin(at)
  }

  /** The client asks that everything in the session stops. */
  toStop(reason: string, at: number): void {
    const conversation = this.running
    if (conversation !== undefined)
      this.#session.cancellations.request({ origin: 'user', reason, conversation, at })
  }

  /** The client takes one request back. */
  requestToStop(key: string, reason: string, at: number): void {
    const conversation = this.placeOf(key)
    if (conversation !== undefined)
      this.#session.cancellations.request({ origin: 'user', reason, conversation, at })
  }

  #begin(at: number): void {
    if (this.running !== undefined) this.#session.turns.within(this.running, at)
  }
}
