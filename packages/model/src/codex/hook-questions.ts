import type { ApprovalAnswered, Approvals } from '../session/approvals.js'

/** A question that a hook reported, not answered yet. */
export type OpenQuestion = {
  id: string
  turnId: string
  callId: string | undefined
  askedAt: number
}

/** How a call that itself asks the user ended. */
export type Reply = {
  /** Absent if the user was not asked. */
  decision: 'answered' | 'unanswered' | undefined
  at: number
}

// The hook is a process, which starts a moment after the question, so a rule's answer can come
// first.
const HOOK_START_MICROSECONDS = 50_000

/** The questions that hooks report. Who answers them is reported by others. */
export class HookQuestions {
  readonly #open = new Map<string, OpenQuestion>()
  /** Asks the user, for calls that are not refused. */
  readonly #expected = new Map<string, () => void>()
  /** How and when each call was last decided, without a question. */
  readonly #decided = new Map<string, ApprovalAnswered>()
  readonly #approvals: Approvals
  #count = 0

  constructor(approvals: Approvals) {
    this.#approvals = approvals
  }

  /** Returns the id of a new question. */
  idOf(turnId: string, callId: string | undefined): string {
    this.#count += 1
    return ['hook', turnId, callId ?? 'unknown', this.#count].join(' ')
  }

  asked(question: OpenQuestion): void {
    this.#open.set(question.id, question)
  }

  /** Expects a call to ask the user unless Codex refuses it, which it reports within a second. */
  expect(callId: string, ask: () => void): void {
    this.#expected.set(callId, ask)
  }

  /** Asks: no refusal of the call was reported. */
  isAskedAfterAll(callId: string): void {
    const ask = this.#expected.get(callId)
    this.#expected.delete(callId)
    ask?.()
  }

  /** A call that may have asked the user has ended. */
  replied(callId: string, { decision, at }: Reply): void {
    if (decision === undefined) {
      this.#expected.delete(callId)
      return
    }
    this.isAskedAfterAll(callId)
    this.decided(callId, { decision, outcome: decision, decidedBy: 'user', at })
  }

  /** Returns whether a call was decided before its question was reported. */
  isDecided(callId: string | undefined, askedAt: number): boolean {
    const answer = callId === undefined ? undefined : this.#decided.get(callId)
    return answer !== undefined && answers(answer, askedAt)
  }

  /**
   * Codex's log events say that a call was decided.
   *
   * @returns whether that answers a hook's question.
   */
  decided(callId: string, answer: ApprovalAnswered): boolean {
    const question = [...this.#open.values()].find(
      (one) => one.callId === callId && answers(answer, one.askedAt),
    )
    if (question === undefined) {
      this.#decided.set(callId, answer)
      return false
    }
    this.#answer(question, { ...answer, at: Math.max(answer.at, question.askedAt) })
    return true
  }

  /** The call has run, so it was allowed, but when is unknown. */
  hasRun(callId: string, at: number): void {
    for (const question of this.#open.values()) {
      if (question.callId === callId)
        this.#answer(question, {
          decision: 'accept',
          outcome: 'allowed',
          at,
          isWaitUnknown: true,
        })
    }
  }

  /** The call of a question has become known after all. */
  isOfCall(id: string, callId: string): void {
    const question = this.#open.get(id)
    if (question !== undefined) question.callId ??= callId
  }

  /** The turn is over: its questions have been answered, somehow. */
  turnOver(turnId: string, answer: ApprovalAnswered): void {
    for (const question of this.#open.values()) {
      if (question.turnId === turnId && question.askedAt <= answer.at)
        this.#answer(question, answer)
    }
  }

  #answer({ id }: OpenQuestion, answer: ApprovalAnswered): void {
    this.#open.delete(id)
    this.#approvals.answered(id, answer)
  }
}

// A refused call does not run, and is not asked about again; on a busy machine the hook can start a
// second later.
function answers({ at, outcome }: ApprovalAnswered, askedAt: number): boolean {
  return outcome === 'denied' || at >= askedAt - HOOK_START_MICROSECONDS
}
