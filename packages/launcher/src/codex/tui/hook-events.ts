import { Harmless, type Recording } from '@tacho/recorder'
import type { HookMessage as Told } from '../../hook-tap/hook-tap.js'
import type { TurnMoments, TurnPlace } from '../turn-moments.js'
import {
  type HookMessage,
  type HookTool,
  hookMessageOf,
  isAbout,
  questionOf,
  toolFacts,
} from './hook-message.js'
import type { HookQuestions } from './hook-questions.js'

export type HookEventsOptions = {
  turns: TurnMoments
  questions: HookQuestions
  /** Whether Codex's log events tell who decided. */
  hearsDecisions: boolean
}

// A question and its call are told by two processes, and either can be the first.
const CALL_MILLISECONDS = 100

// Codex exports its log events once a second.
const DECISION_MILLISECONDS = 2500

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
  /** The calls of a turn that no question was about yet. */
  readonly #calls = new Map<string, HookTool[]>()
  /** Questions whose call is not known yet. */
  readonly #callless = new Map<symbol, Callless>()
  readonly #later = new Map<NodeJS.Timeout, () => void>()
  #harmless: Harmless | undefined

  constructor({ turns, questions, hearsDecisions }: HookEventsOptions) {
    this.hearsDecisions = hearsDecisions
    this.#turns = turns
    this.#questions = questions
  }

  /** Takes what a hook was told. Never throws. */
  take({ json, at }: Told, recording: Recording): void {
    this.#harmless ??= new Harmless((part, cause) =>
      recording.log('error', 'tacho', `${part}: ${String(cause)}`),
    )
    this.#harmless.do('the hooks', () => {
      const message = hookMessageOf(json)
      if (message === undefined) return
      recording.log('debug', 'codex', `hook ${message.event} ${message.tool?.name ?? ''}`)
      // The files have the system's time, the recording a clock of its own.
      const ago = Math.max(0, Date.now() - at) * 1000
      const place = this.#placeOf(message, recording)
      place.session.whenNamed(() => this.#takeOne({ message, place, at: recording.now() - ago }))
    })
  }

  /** Codex has ended, and with it all that is still waited for. */
  agentEnded(): void {
    for (const [timer, work] of [...this.#later]) {
      clearTimeout(timer)
      work()
    }
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
        if (tool?.callId !== undefined) this.#ran(event, tool.callId)
        break
      case 'Interrupt':
        this.#interrupted(event)
        break
      case 'Stop':
        this.#stopped(event)
    }
  }

  #called({ message, place, at }: Event, tool: HookTool, callId: string): void {
    const { session, conversation } = place
    const { turnId, cwd } = message
    session.tools.start({ callId, conversation, at, ...toolFacts(tool, cwd) })
    this.#questions.toolStarted(callId)
    const waiting = [...this.#callless].find(
      ([, one]) => one.turnId === turnId && isAbout(one.tool, tool),
    )
    if (waiting === undefined) {
      this.#calls.set(turnId, [...(this.#calls.get(turnId) ?? []), tool])
      return
    }
    const [key, { ask }] = waiting
    this.#callless.delete(key)
    ask(callId)
  }

  #asked(event: Event, tool: HookTool): void {
    const { turnId } = event.message
    const calls = this.#calls.get(turnId) ?? []
    const call = calls.find((one) => isAbout(tool, one))
    if (call !== undefined) {
      calls.splice(calls.indexOf(call), 1)
      this.#ask(event, tool, call.callId)
      return
    }
    const key = Symbol('a question without its call')
    const giveUp = this.#after(CALL_MILLISECONDS, () => {
      const questionId = this.#ask(event, tool, undefined)
      this.#callless.set(key, {
        turnId,
        tool,
        ask: (callId) => this.#questions.isOfCall(questionId, callId),
      })
    })
    this.#callless.set(key, {
      turnId,
      tool,
      ask: (callId) => {
        giveUp.cancel()
        this.#ask(event, tool, callId)
      },
    })
  }

  #ask({ message, place, at }: Event, tool: HookTool, callId: string | undefined): string {
    const { session, conversation } = place
    const { turnId, cwd } = message
    const id = this.#questions.idOf(turnId, callId)
    if (this.#questions.isDecided(callId, at)) return id
    const question = questionOf(tool, cwd)
    session.approvals.asked({ id, ...question, cwd, offered: [], callId, conversation, at })
    this.#questions.asked({ id, session, turnId, callId, askedAt: at })
    return id
  }

  #ran({ place, at }: Event, callId: string): void {
    this.#questions.hasRun(callId, at)
    place.session.toolEnded(callId, place.conversation, at)
    this.#questions.toolEnded(callId)
  }

  #interrupted({ message, place, at }: Event): void {
    const { session, conversation } = place
    const { turnId } = message
    session.cancellations.wish({ origin: 'user', reason: 'Interrupt', conversation, at })
    session.turnEnded(conversation, 'interrupted', at)
    this.#forget(turnId)
    // An answer from just before may still be on its way; without one the question was cancelled.
    const answer = this.hearsDecisions
      ? ({ decision: 'cancel', decidedBy: 'user' } as const)
      : UNKNOWN
    this.#after(DECISION_MILLISECONDS, () => this.#questions.turnOver(turnId, { ...answer, at }))
  }

  #stopped({ message, place, at }: Event): void {
    const { session, conversation } = place
    const { turnId } = message
    session.turns.done(turnId, at)
    this.#after(END_MILLISECONDS, () => {
      if (!session.turns.isDone(turnId)) return
      session.turnEnded(conversation, 'completed', at)
      this.#forget(turnId)
    })
    this.#after(DECISION_MILLISECONDS, () => this.#questions.turnOver(turnId, { ...UNKNOWN, at }))
  }

  #forget(turnId: string): void {
    this.#calls.delete(turnId)
    for (const [key, one] of this.#callless) if (one.turnId === turnId) this.#callless.delete(key)
  }

  #placeOf({ sessionId, agentId, turnId }: HookMessage, recording: Recording): TurnPlace {
    return (
      this.#turns.ofTurn(turnId) ?? {
        session: recording.session(sessionId),
        conversation: { sessionId, threadId: agentId ?? sessionId, turnId },
      }
    )
  }

  #after(milliseconds: number, work: () => void): { cancel: () => void } {
    const timer = setTimeout(() => run(), milliseconds)
    timer.unref()
    const run = () => {
      this.#later.delete(timer)
      this.#harmless?.do('the hooks', work)
    }
    this.#later.set(timer, run)
    return {
      cancel: () => {
        clearTimeout(timer)
        this.#later.delete(timer)
      },
    }
  }
}

/** It was answered, for the turn is over; how and when, nobody has told. */
const UNKNOWN = { isWaitUnknown: true } as const

/** What happened, where and when. */
type Event = { message: HookMessage; place: TurnPlace; at: number }

/** A question whose call is not known yet. */
type Callless = { turnId: string; tool: HookTool; ask: (callId: string) => void }
