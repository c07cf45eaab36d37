import type { Conversation } from '../conversation.js'
import type { Observation } from '../observation.js'
import type { SessionReducer } from '../session/session-reducer.js'
import { type Asked, HookCalls } from './hook-calls.js'
import {
  type HookMessage,
  type HookQuestion,
  type HookTool,
  hookMessageOf,
  hookQuestionOf,
  hookToolFacts,
} from './hook-message.js'
import type { HookQuestions } from './hook-questions.js'
import { userInputOf } from './questions.js'
import { replyTo, USER_INPUT } from './user-input.js'

// Codex exports its log events once a second.
const DECISION_MICROSECONDS = 2_500_000

// Codex reports that it was interrupted while it releases its requests. Their ends come first,
// because the request to cancel preceded both.
const RELEASE_MICROSECONDS = 200_000

// A user's own hook can make a turn go on that was about to end.
const END_MICROSECONDS = 1_000_000

/**
 * Reduces what Codex's hooks report about a TUI: what the user is asked, and that a turn was
 * interrupted or has ended. Who answered is known from Codex's log events, or not at all.
 */
export class HookReducer {
  readonly #session: SessionReducer
  readonly #questions: HookQuestions
  readonly #calls: HookCalls

  constructor(session: SessionReducer, questions: HookQuestions) {
    this.#session = session
    this.#questions = questions
    this.#calls = new HookCalls(session.deadlines)
  }

  observe(observation: Observation): void {
    if (observation.kind !== 'hook') return
    const message = hookMessageOf(observation.message)
    if (message === undefined) return
    const { at: toldAt, happenedAt = toldAt } = observation
    const conversation = this.#placeOf(message)
    this.#take({ message, conversation, toldAt, at: Math.min(happenedAt, toldAt) })
  }

  #take(told: Told): void {
    const { tool } = told.message
    switch (told.message.event) {
      case 'PreToolUse':
        if (tool?.callId !== undefined) this.#called(told, tool, tool.callId)
        break
      case 'PermissionRequest':
        if (tool !== undefined) this.#asked(told, tool)
        break
      case 'PostToolUse':
        if (tool?.callId !== undefined) this.#ran(told, tool, tool.callId)
        break
      case 'Interrupt':
        this.#interrupted(told)
        break
      case 'Stop':
        this.#stopped(told)
        break
      default:
    }
  }

  #called(told: Told, tool: HookTool, callId: string): void {
    const { message, conversation, at } = told
    const { turnId, cwd } = message
    const startedAt = Math.min(at, this.#calls.askedAt(turnId, tool) ?? at)
    this.#session.tools.start(callId, conversation, startedAt, hookToolFacts(tool, cwd))
    this.#calls.called(turnId, tool, callId)
    if (tool.name !== USER_INPUT) return
    const question: HookQuestion = { kind: 'user-input', ...userInputOf(tool.input) }
    this.#questions.expect(callId, () => this.#ask(told, question, callId))
    if (this.#hearsDecisions) {
      this.#session.deadlines.at(told.toldAt + DECISION_MICROSECONDS, () =>
        this.#questions.isAskedAfterAll(callId),
      )
    }
  }

  #asked(told: Told, tool: HookTool): void {
    const { turnId, cwd } = told.message
    const ask = (callId: string | undefined) => this.#ask(told, hookQuestionOf(tool, cwd), callId)
    this.#calls.asked(turnId, tool, told, ask)
  }

  #ask({ message, conversation, at }: Told, question: HookQuestion, callId?: string): Asked {
    const { turnId, cwd } = message
    const id = this.#questions.idOf(turnId, callId)
    if (!this.#questions.isDecided(callId, at)) {
      this.#session.approvals.asked(id, id, { ...question, cwd, callId, conversation, at })
      this.#questions.asked({ id, turnId, callId, askedAt: at })
    }
    return { isOfCall: (known) => this.#questions.isOfCall(id, known) }
  }

  #ran({ conversation, at }: Told, tool: HookTool, callId: string): void {
    if (tool.name === USER_INPUT)
      this.#questions.replied(callId, { decision: replyTo(tool.output), at })
    this.#questions.hasRun(callId, at)
    this.#session.toolEnded(callId, conversation, at)
  }

  #interrupted({ message, conversation, at, toldAt }: Told): void {
    const { turnId } = message
    const { deadlines, turns, cancellations } = this.#session
    turns.done(turnId, at, 'interrupted')
    deadlines.at(toldAt + RELEASE_MICROSECONDS, () => {
      cancellations.request({ origin: 'user', reason: 'Interrupt', conversation, at })
      this.#session.turnEnded(conversation, 'interrupted', at)
      this.#calls.turnOver(turnId)
    })
    // An answer from just before may still be under way; without one the question was cancelled.
    const answer = this.#hearsDecisions
      ? ({ decision: 'cancel', outcome: 'cancelled', decidedBy: 'user' } as const)
      : UNKNOWN
    deadlines.at(toldAt + DECISION_MICROSECONDS, () =>
      this.#questions.turnOver(turnId, { ...answer, at }),
    )
  }

  #stopped({ message, conversation, at, toldAt }: Told): void {
    const { turnId } = message
    const { deadlines, turns } = this.#session
    turns.done(turnId, at, 'completed')
    deadlines.at(toldAt + END_MICROSECONDS, () => {
      if (!turns.isDone(turnId)) return
      this.#session.turnEnded(conversation, 'completed', at)
      this.#calls.turnOver(turnId)
    })
    deadlines.at(toldAt + DECISION_MICROSECONDS, () =>
      this.#questions.turnOver(turnId, { ...UNKNOWN, at }),
    )
  }

  /** Returns whether Codex's log events say who decided. */
  get #hearsDecisions(): boolean {
    return this.#session.run?.taps.includes('log-events') === true
  }

  #placeOf({ sessionId, agentId, turnId }: HookMessage): Conversation {
    return this.#session.turns.placeOf(turnId) ?? { threadId: agentId ?? sessionId, turnId }
  }
}

/** It was answered, because the turn is over; how and when is unknown. */
const UNKNOWN = { outcome: 'unknown', isWaitUnknown: true } as const

/** What was reported, where and when: `at` is when it happened. */
type Told = { message: HookMessage; conversation: Conversation; at: number; toldAt: number }
