import { number, record, text } from '../codex/values.js'
import type { Conversation } from '../conversation.js'
import type { Observed } from '../observation.js'
import type { SessionReducer } from '../session/session-reducer.js'
import { ServerQuestions } from './questions.js'
import { callFacts, errorOutcome } from './tools.js'
import type { OpencodeTurns } from './turns.js'

type Event = Observed<'server-event'>

/** What happened, in which of opencode's sessions, and when. */
export type Told = { threadId: string; properties: Record<string, unknown>; at: number }

/**
 * Reduces what opencode's server (1.18) tells its clients: messages, tools, questions and answers,
 * and that a session is idle again.
 */
export class ServerEventReducer {
  readonly #session: SessionReducer
  readonly #turns: OpencodeTurns
  readonly #questions: ServerQuestions
  /** The error that a thread has reported since it was last idle. */
  readonly #errors = new Map<string, string>()

  constructor(session: SessionReducer, turns: OpencodeTurns) {
    this.#session = session
    this.#turns = turns
    this.#questions = new ServerQuestions(session, turns)
  }

  observe({ name, properties, at: toldAt, happenedAt = toldAt }: Event): void {
    const threadId = text(properties.sessionID)
    if (threadId === undefined) return
    const told = { threadId, properties, at: Math.min(happenedAt, toldAt) }
    switch (name) {
      case 'session.created':
        this.#created(told)
        break
      case 'message.updated':
        this.#message(told)
        break
      case 'message.part.updated':
        this.#tool(told)
        break
      case 'session.error':
        this.#failed(told)
        break
      case 'session.idle':
        this.#idle(told)
        break
      default:
        this.#questions.observe(name, told)
        break
    }
  }

  /** The agent asks its model again, so a refusal has not ended the turn. */
  goesOn({ threadId = '' }: Conversation, at: number): void {
    this.#questions.goesOn(threadId, at)
  }

  #created({ threadId, properties }: Told): void {
    const parent = text(record(properties.info).parentID)
    if (parent !== undefined) this.#session.places.noteSource(threadId, 'subagent')
  }

  #message({ threadId, properties, at }: Told): void {
    const { id, role, time, error } = record(properties.info)
    const messageId = text(id)
    const created = moment(record(time).created) ?? at
    if (role === 'user' && messageId !== undefined)
      this.#turns.prompted(threadId, messageId, Math.min(created, at))
    const name = text(record(error).name)
    if (role === 'assistant' && name !== undefined) this.#errors.set(threadId, name)
  }

  #tool({ threadId, properties, at }: Told): void {
    const { callID, tool, state } = record(properties.part)
    const callId = text(callID)
    const { status, input, time, error, exit } = record(state)
    if (callId === undefined) return
    const { tools } = this.#session
    const conversation = this.#turns.of(threadId)
    const { start, end } = record(time)
    tools.learn(callId, { ...callFacts(record(input)), name: text(tool) })
    if (status === 'pending') return
    tools.start(callId, conversation, Math.min(moment(start) ?? at, at))
    if (status !== 'completed' && status !== 'error') return
    const exitCode = number(exit)
    const words = text(error)
    const hasCompleted = status === 'completed' && (exitCode ?? 0) === 0
    this.#session.toolEnded(callId, conversation, Math.min(moment(end) ?? at, at), {
      status,
      exitCode,
      outcome: hasCompleted ? 'completed' : errorOutcome(words),
      error: words,
    })
  }

  /** Something went wrong, or a client stopped the turn. */
  #failed({ threadId, properties, at }: Told): void {
    const name = text(record(properties.error).name) ?? 'error'
    const conversation = this.#turns.of(threadId)
    // If a turn is stopped twice, the second time is reported too, when the turn is already over.
    if (name === ABORTED && conversation.turnId === undefined) return
    this.#errors.set(threadId, name)
    if (name !== ABORTED) return
    this.#session.cancellations.request({ origin: 'user', reason: 'abort', conversation, at })
    this.#questions.withdraw(threadId, at)
  }

  #idle({ threadId, at }: Told): void {
    const error = this.#errors.get(threadId)
    this.#errors.delete(threadId)
    const refusedAt = this.#questions.settleRefused(threadId, 'cancelled')
    this.#questions.withdraw(threadId, at)
    const isRefused = error === undefined && refusedAt !== undefined
    if (isRefused) this.#stoppedByRefusal(threadId, refusedAt)
    const isStopped = error === ABORTED || isRefused
    this.#turns.ended(threadId, {
      status: error ?? (isRefused ? 'rejected' : 'idle'),
      outcome: isStopped ? 'cancelled' : error === undefined ? 'completed' : 'failed',
      at,
    })
  }

  /** The user said no, and opencode ended the turn for that. */
  #stoppedByRefusal(threadId: string, at: number): void {
    const conversation = this.#turns.of(threadId)
    if (conversation.turnId === undefined) return
    const request = { origin: 'approval', reason: 'reject', conversation, at } as const
    this.#session.cancellations.request(request)
  }
}

/** The error of a turn that a client stopped. */
const ABORTED = 'MessageAbortedError'

/** Converts opencode's milliseconds. */
function moment(milliseconds: unknown): number | undefined {
  const value = number(milliseconds)
  return value === undefined ? undefined : Math.round(value * 1000)
}
