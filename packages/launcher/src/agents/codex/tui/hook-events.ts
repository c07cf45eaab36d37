import { FaultBarrier, type Recording } from '@tacho/recorder'
import type { HookMessage as Told } from '../../../taps/hooks/hook-tap.js'
import type { TurnMoments, TurnPlace } from '../turn-moments.js'
import { type Asked, HookCalls } from './hook-calls.js'
import {
  type HookMessage,
  type HookQuestion,
  type HookTool,
  hookMessageOf,
  questionOf,
  toolFacts,
} from './hook-message.js'
import type { HookQuestions } from './hook-questions.js'
import { replyTo, USER_INPUT, userInputOf } from './user-input.js'
import { Waiting } from './waiting.js'

export type HookEventsOptions = {
  turns: TurnMoments
  questions: HookQuestions
  /** Whether Codex's log events tell who decided. */
  hearsDecisions: boolean
}

// Codex exports its log events once a second.
const DECISION_MILLISECONDS = 2500

// Codex tells that it was interrupted while it lets go of its requests; what they say of it comes
// first, for the wish was before both.
const RELEASE_MILLISECONDS = 200

// A hook of the user's own can make a turn go on that was about to end.
const END_MILLISECONDS = 1000

/**
 * Records what Codex's hooks tell of a TUI: what the user is asked, and that a turn was interrupted
 * or has ended. Who answered is told by Codex's log events, or by nobody.
 */
export class HookEvents {
  readonly hearsDecisions: boolean
  readonly #turns: TurnMoments
  readonly #questions: HookQuestions
  readonly #waiting = new Waiting()
  readonly #calls = new HookCalls(this.#waiting)
  #barrier: FaultBarrier | undefined

  constructor({ turns, questions, hearsDecisions }: HookEventsOptions) {
    this.hearsDecisions = hearsDecisions
    this.#turns = turns
    this.#questions = questions
  }

  /** Takes what a hook was told. Never throws. */
  take({ json, at }: Told, recording: Recording): void {
    this.#barrier ??= new FaultBarrier((part, cause) =>
      recording.log('error', 'tacho', `${part}: ${String(cause)}`),
    )
    this.#barrier.do('the hooks', () => {
      const message = hookMessageOf(json)
      if (message === undefined) return
      recording.log('debug', 'codex', `hook ${message.event} ${message.tool?.name ?? ''}`)
      // The files have the system's time, the recording a clock of its own.
      const ago = Math.max(0, Date.now() - at) * 1000
      const place = this.#placeOf(message, recording)
      place.session.onceIdKnown(() => this.#takeOne({ message, place, at: recording.now() - ago }))
    })
  }

  /** Codex has ended, and with it all that is still waited for. */
  agentEnded(): void {
    this.#waiting.doAll()
  }

  #takeOne(event: Event): void {
    const { tool } = event.message
    switch (event.message.event) {
      case 'PreToolUse':
        if (tool?.callId !== undefined) this.#called(event, tool, tool.callId)
        break
      case 'PermissionRequest':
        if (tool !== undefined) this.#asked(event, tool)
        break
      case 'PostToolUse':
        if (tool?.callId !== undefined) this.#ran(event, tool, tool.callId)
        break
      case 'Interrupt':
        this.#interrupted(event)
        break
      case 'Stop':
        this.#stopped(event)
    }
  }

  #called(event: Event, tool: HookTool, callId: string): void {
    const { message, place, at } = event
    const { session, conversation } = place
    const { turnId, cwd } = message
    const startedAt = Math.min(at, this.#calls.askedAt(turnId, tool) ?? at)
    session.tools.start({ callId, conversation, at: startedAt, ...toolFacts(tool, cwd) })
    this.#questions.toolStarted(callId)
    this.#calls.called(turnId, tool, callId)
    if (tool.name !== USER_INPUT) return
    this.#questions.expect(callId, () => this.#ask(event, userInputOf(tool.input), callId))
    if (this.hearsDecisions)
      this.#after(DECISION_MILLISECONDS, () => this.#questions.isAskedAfterAll(callId))
  }

  #asked(event: Event, tool: HookTool): void {
    const { turnId, cwd } = event.message
    const ask = (callId: string | undefined) => this.#ask(event, questionOf(tool, cwd), callId)
    this.#calls.asked(turnId, tool, event.at, ask)
  }

  #ask({ message, place, at }: Event, question: HookQuestion, callId: string | undefined): Asked {
    const { session, conversation } = place
    const { turnId, cwd } = message
    const id = this.#questions.idOf(turnId, callId)
    if (!this.#questions.isDecided(callId, at)) {
      const asked = { offered: [], ...question, id, cwd, callId, conversation, at }
      session.approvals.asked({ tap: 'hooks', ...asked })
      this.#questions.asked({ id, session, turnId, callId, askedAt: at })
    }
    return { isOfCall: (known) => this.#questions.isOfCall(id, known) }
  }

  #ran({ place, at }: Event, tool: HookTool, callId: string): void {
    if (tool.name === USER_INPUT)
      this.#questions.replied(callId, { decision: replyTo(tool.output), at })
    this.#questions.hasRun(callId, at)
    place.session.toolEnded(callId, place.conversation, at)
    this.#questions.toolEnded(callId)
  }

  #interrupted({ message, place, at }: Event): void {
    const { session, conversation } = place
    const { turnId } = message
    session.turns.done(turnId, at, 'interrupted')
    this.#after(RELEASE_MILLISECONDS, () => {
      session.cancellations.wish({ origin: 'user', reason: 'Interrupt', conversation, at })
      session.turnEnded(conversation, 'interrupted', at)
      this.#calls.turnOver(turnId)
    })
    // An answer from just before may still be on its way; without one the question was cancelled.
    const answer = this.hearsDecisions
      ? ({ decision: 'cancel', decidedBy: 'user' } as const)
      : UNKNOWN
    this.#after(DECISION_MILLISECONDS, () => this.#questions.turnOver(turnId, { ...answer, at }))
  }

  #stopped({ message, place, at }: Event): void {
    const { session, conversation } = place
    const { turnId } = message
    session.turns.done(turnId, at, 'completed')
    this.#after(END_MILLISECONDS, () => {
      if (!session.turns.isDone(turnId)) return
      session.turnEnded(conversation, 'completed', at)
      this.#calls.turnOver(turnId)
    })
    this.#after(DECISION_MILLISECONDS, () => this.#questions.turnOver(turnId, { ...UNKNOWN, at }))
  }

  #placeOf({ sessionId, agentId, turnId }: HookMessage, recording: Recording): TurnPlace {
    return (
      this.#turns.ofTurn(turnId) ?? {
        session: recording.session(sessionId),
        conversation: { sessionId, threadId: agentId ?? sessionId, turnId },
      }
    )
  }

  #after(milliseconds: number, work: () => void): void {
    this.#waiting.after(milliseconds, () => this.#barrier?.do('the hooks', work))
  }
}

/** It was answered, for the turn is over; how and when, nobody has told. */
const UNKNOWN = { isWaitUnknown: true } as const

/** What happened, where and when. */
type Event = { message: HookMessage; place: TurnPlace; at: number }
