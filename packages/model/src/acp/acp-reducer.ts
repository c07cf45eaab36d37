import { encodeAttributes } from '@tacho/format'
import { calledFacts } from '../codex/called-tool.js'
import { record, text } from '../codex/values.js'
import type { Conversation } from '../conversation.js'
import type { Observation, Observed } from '../observation.js'
import type { AgentReducer, SessionReducer } from '../session/session-reducer.js'
import { Prompts } from './prompts.js'
import { Questions } from './questions.js'
import { type ToldCall, toldCall } from './tool-call.js'
import { toolOutcomeOfStatus } from './words.js'

type Message = Observed<'acp'>

/**
 * Reduces the messages between a client (mostly an editor) and an agent that speak the Agent Client
 * Protocol (version 1): turns, tools, questions and answers, and cancellations. It works for every
 * agent that speaks ACP, and does nothing for the others.
 */
export function acpReducer(session: SessionReducer): AgentReducer {
  const reducer = new AcpReducer(session)
  return {
    observe: (observation) => reducer.observe(observation),
    placeOf: (conversation, { at }) => reducer.placeOf(conversation, at),
  }
}

class AcpReducer {
  readonly #session: SessionReducer
  readonly #prompts: Prompts
  readonly #questions: Questions
  readonly #calls = new Map<string, ToldCall>()
  #isSpoken = false

  constructor(session: SessionReducer) {
    this.#session = session
    this.#prompts = new Prompts(session)
    this.#questions = new Questions(session)
  }

  observe(observation: Observation): void {
    if (observation.kind === 'tool-called') this.#called(observation)
    if (observation.kind !== 'acp') return
    this.#isSpoken = true
    const method = text(observation.message.method)
    if (method === undefined) this.#answered(observation)
    else if (observation.from === 'client') this.#clientSays(method, observation)
    else this.#agentSays(method, observation)
  }

  placeOf({ threadId }: Conversation, at: number): Conversation | undefined {
    const place = this.#prompts.runningAt(at)
    // A sub-agent's thread has turns of its own, and titles are requested outside the turns.
    return threadId === undefined || threadId === place?.threadId ? place : undefined
  }

  #clientSays(method: string, { connection, message, at }: Message): void {
    const params = record(message.params)
    switch (method) {
      case 'session/new':
      case 'session/load':
      case 'session/resume':
      case 'session/fork':
        this.#worksIn(text(params.cwd))
        break
      case 'session/prompt':
        this.#prompts.sent(keyOf(connection, message.id), text(params.sessionId), at)
        break
      case 'session/cancel':
        this.#prompts.toStop(method, at)
        break
      case '$/cancel_request':
        this.#prompts.requestToStop(keyOf(connection, params.requestId), method, at)
        break
      default:
    }
  }

  /** Notes the folder: an editor starts one agent for all of its folders. */
  #worksIn(cwd: string | undefined): void {
    const { spans, places } = this.#session
    if (cwd !== undefined) spans.set(places.run, encodeAttributes('session', { cwd }))
  }

  #agentSays(method: string, { connection, message, at }: Message): void {
    const params = record(message.params)
    switch (method) {
      case 'session/update':
        this.#toolTold(record(params.update), placeIn(params, this.#prompts), at)
        break
      case 'session/request_permission': {
        const call = record(params.toolCall)
        const place = placeIn(params, this.#prompts)
        this.#toolTold(call, place, at)
        const told = this.#calls.get(String(call.toolCallId)) ?? toldCall(call, undefined)
        this.#questions.permission(keyOf(connection, message.id), message, { told, place, at })
        break
      }
      case 'elicitation/create':
        this.#questions.elicitation(
          keyOf(connection, message.id),
          message,
          placeIn(params, this.#prompts),
          at,
        )
        break
      case '$/cancel_request':
        this.#questions.withdrawn(keyOf(connection, params.requestId), at)
        break
      default:
    }
  }

  #answered({ connection, from, message, at }: Message): void {
    const key = keyOf(connection, message.id)
    if (from === 'agent') this.#promptAnswered(key, message, at)
    else this.#questions.answered(key, message, at)
  }

  #promptAnswered(key: string, message: Record<string, unknown>, at: number): void {
    const place = this.#prompts.placeOf(key)
    if (place === undefined) return
    const end = this.#prompts.endOf(message)
    // Its questions were about this turn, and no answer can decide them any more.
    if (end.outcome !== 'completed') this.#questions.withdrawAll(place, at)
    if (end.outcome === 'cancelled') this.#questions.cancelledBy(place)
    // By the protocol all calls end before their turn does: how these ended was not reported.
    for (const callId of this.#session.tools.runningIn(place)) {
      const isDeclined = this.#questions.isDenied(callId)
      if (isDeclined) this.#session.toolEnded(callId, place, at, { outcome: 'declined' })
      else if (end.outcome === 'completed')
        this.#session.toolEnded(callId, place, at, { outcome: 'unknown' })
    }
    this.#prompts.ended(key, end, at)
  }

  /** A tool starts with the first message about it, which for some agents is the question. */
  #toolTold(call: Record<string, unknown>, place: Conversation, at: number): void {
    const callId = text(call.toolCallId)
    if (callId === undefined) return
    const told = toldCall(call, this.#calls.get(callId))
    this.#calls.set(callId, told)
    const { tools } = this.#session
    const { kind } = told
    // Few messages name the tool: its kind says what it does.
    const { name = kind, ...facts } = told.facts
    tools.start(callId, place, at, { name, ...facts })
    tools.learn(callId, { name, ...facts })
    const status = text(call.status)
    const outcome = toolOutcomeOfStatus(status)
    if (outcome === undefined) return
    const isDeclined = outcome === 'failed' && this.#questions.isDenied(callId)
    this.#session.toolEnded(callId, place, at, {
      status,
      outcome: isDeclined ? 'declined' : outcome,
    })
  }

  /**
   * Adds the model's own words for a tool: agents refer to it by the model's id or, like Gemini, by
   * name and id.
   */
  #called(called: Observed<'tool-called'>): void {
    if (!this.#isSpoken) return
    const facts = calledFacts(called)
    for (const callId of [called.callId, `${called.name}__${called.callId}`])
      this.#session.tools.learn(callId, facts, 'model')
  }
}

/** The number 1 and the string "1" are different ids, and each connection counts its own. */
function keyOf(connection: number, id: unknown): string {
  return `${connection} ${JSON.stringify(id)}`
}

/** Returns the place of an agent's message: the turn in progress, if there is one. */
function placeIn({ sessionId }: Record<string, unknown>, { running }: Prompts): Conversation {
  const threadId = text(sessionId)
  return running ?? (threadId === undefined ? {} : { threadId })
}
