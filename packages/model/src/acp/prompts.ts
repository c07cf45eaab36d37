import { record, text } from '../codex/values.js'
import { type Conversation, placeIn } from '../conversation.js'
import type { TurnOutcome } from '../parts/thread.js'
import type { SessionReducer } from '../session/session-reducer.js'
import { turnOutcomeOfError, turnOutcomeOfStop } from './words.js'

/** How an agent ended a turn: in its own words, and in ours. */
export type PromptEnd = { status: string; outcome: TurnOutcome }

type Prompt = { key: string; place: Conversation; startedAt?: number }

/**
 * The unanswered prompts of a session: each is a turn. A prompt sent while another is in progress
 * waits, and its turn begins when that one ends.
 */
export class Prompts {
  readonly #session: SessionReducer
  #open: Prompt[] = []
  /** The turn that ended last. */
  #last: { place: Conversation; startedAt: number; endedAt: number } | undefined
  #count = 0

  constructor(session: SessionReducer) {
    this.#session = session
  }

  /** Returns the place of the turn in progress. */
  get running(): Conversation | undefined {
    return this.#open[0]?.place
  }

  /**
   * Returns the place of the turn that was in progress at a time: a request is recognized by its
   * body, and the agent may have answered the prompt by then.
   */
  runningAt(at: number): Conversation | undefined {
    const last = this.#last
    return last !== undefined && at >= last.startedAt && at < last.endedAt
      ? last.place
      : this.running
  }

  placeOf(key: string): Conversation | undefined {
    return this.#open.find((prompt) => prompt.key === key)?.place
  }

  /** A client has sent a prompt. ACP has no ids for turns: ours combine the run and a counter. */
  sent(key: string, sessionId: string | undefined, at: number): void {
    this.#count += 1
    const turnId = `${this.#session.places.run}-${this.#count}`
    this.#open.push({ key, place: placeIn(sessionId, turnId) })
    if (this.#open.length === 1) this.#begin(at)
  }

  /** Returns what the answer to a prompt says. */
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
    // The answer to a prompt that waited is all that was seen of its turn.
    if (!wasFirst) this.#session.turns.within(prompt.place, at)
    this.#session.turnEnded(prompt.place, status, at, { outcome })
    const { place, startedAt = at } = prompt
    this.#last = { place, startedAt, endedAt: at }
    if (wasFirst) this.#begin(at)
  }

  /** The client asks the whole session to stop. */
  toStop(reason: string, at: number): void {
    const conversation = this.running
    if (conversation !== undefined)
      this.#session.cancellations.request({ origin: 'user', reason, conversation, at })
  }

  /** The client cancels one request. */
  requestToStop(key: string, reason: string, at: number): void {
    const conversation = this.placeOf(key)
    if (conversation !== undefined)
      this.#session.cancellations.request({ origin: 'user', reason, conversation, at })
  }

  #begin(at: number): void {
    const [prompt] = this.#open
    if (prompt === undefined) return
    prompt.startedAt = at
    this.#session.turns.within(prompt.place, at)
  }
}
