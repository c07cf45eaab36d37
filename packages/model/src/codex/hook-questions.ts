import type { ApprovalAnswered, Approvals } from '../session/approvals.js'

/** A question that a hook told of, and that has no answer yet. */
export type OpenQuestion = {
  id: string
  turnId: string
  callId: string | undefined
  askedAt: number
}

/** What came of a call that asks the user itself. */
export type Reply = {
  /** Absent where the user was not asked. */
  decision: 'answered' | 'unanswered' | undefined
  at: number
}

// The hook is a process, which is there a moment after the question: a rule's answer can be before.
const HOOK_START_MICROSECONDS = 50_000

/** The questions that hooks tell of: who answers them is told by others. */
export class HookQuestions {
  readonly #open = new Map<string, OpenQuestion>()
  /** What asks the user where the call is not refused. */
  readonly #expected = new Map<string, () => void>()
  /** How and when each call was decided upon last, without a question. */
  readonly #decided = new Map<string, ApprovalAnswered>()
  readonly #approvals: Approvals
  #count = 0

  constructor(approvals: Approvals) {
    this.#approvals = approvals
  }

  /** The id of a new question. */
  idOf(turnId: string, callId: string | undefined): string {
    this.#count += 1
    return ['hook', turnId, callId ?? 'unknown', this.#count].join(' ')
  }

  asked(question: OpenQuestion): void {
    this.#open.set(question.id, question)
  }

  /** A call that asks the user, unless Codex refuses it; then that is told within a second. */
  expect(callId: string, ask: () => void): void {
    this.#expected.set(callId, ask)
  }

  /** Nobody has told that the call was refused. */
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

  /** Whether a call was decided upon before its question was heard of. */
  isDecided(callId: string | undefined, askedAt: number): boolean {
    const answer = callId === undefined ? undefined : this.#decided.get(callId)
    return answer !== undefined && answers(answer, askedAt)
  }

  /**
   * A call was decided upon, as Codex's log events tell.
   *
   * @returns whether that answers a question of a hook's.
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

  /** The call has run, so it was allowed; since when, nobody tells. */
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

  /** A question whose call has become known after all. */
  isOfCall(id: string, callId: string): void {
    const question = this.#open.get(id)
    if (question !== undefined) question.callId ??= callId
  }

  /** The turn is over: its questions are answered, somehow. */
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

// What was refused does not run, and is not asked about again; on a busy machine the hook can be there
// a second later.
function answers({ at, outcome }: ApprovalAnswered, askedAt: number): boolean {
  return outcome === 'denied' || at >= askedAt - HOOK_START_MICROSECONDS
}
