import { type Conversation, placeIn } from '../conversation.js'
import type { Observation, Observed } from '../observation.js'
import type { ApprovalKind } from '../session/approvals.js'
import type { SessionReducer } from '../session/session-reducer.js'
import { answerOf } from './answers.js'
import { isTool, itemEnd, itemFacts } from './items.js'
import { questionOf } from './questions.js'
import { reviewAnswer, reviewedAction } from './reviews.js'
import { record, text } from './values.js'

type Params = Record<string, unknown>

/** A question that the client has not answered yet. */
type OpenQuestion = { kind: ApprovalKind; conversation: Conversation; isAnswered: boolean }

/**
 * Reduces the messages between a client and Codex's app-server (0.169): turns, tools, questions and
 * answers, and cancellations. Questions are told apart by connection, because each connection
 * numbers its own from 0.
 */
export class JsonRpcReducer {
  readonly #session: SessionReducer
  readonly #questions = new Map<string, OpenQuestion>()
  readonly #asked = new Map<string, number>()
  #isHeard = false

  constructor(session: SessionReducer) {
    this.#session = session
  }

  /** Whether a connection carries this session, and thus the questions to its user. */
  get isHeard(): boolean {
    return this.#isHeard
  }

  observe(observation: Observation): void {
    if (observation.kind === 'json-rpc') this.#message(observation)
  }

  #message({ connection, from, message, at }: Observed<'json-rpc'>): void {
    this.#isHeard = true
    const method = text(message.method)
    const id = message.id === undefined ? undefined : JSON.stringify(message.id)
    const params = record(message.params)
    if (from === 'client') {
      if (method === 'turn/interrupt') this.#interrupted(params, at)
      if (method === undefined && id !== undefined) this.#answered(connection, id, message, at)
    } else if (method !== undefined && id !== undefined) {
      this.#requested({ connection, id, method, params }, at)
    } else if (method !== undefined) {
      this.#notified({ connection, method, params }, at)
    }
  }

  #notified(
    { connection, method, params }: { connection: number; method: string; params: Params },
    at: number,
  ): void {
    const conversation = placeOf(params)
    const { turns, tools } = this.#session
    const item = record(params.item)
    switch (method) {
      case 'turn/started':
        turns.within(ofTurn(params), at)
        break
      case 'turn/completed':
        this.#session.turnEnded(ofTurn(params), text(record(params.turn).status) ?? 'completed', at)
        break
      case 'item/started':
        if (isTool(item)) tools.start(String(item.id), conversation, at, itemFacts(item))
        break
      case 'item/completed':
        if (!isTool(item)) break
        tools.learn(String(item.id), itemFacts(item))
        this.#session.toolEnded(String(item.id), conversation, at, itemEnd(item))
        break
      case 'item/autoApprovalReview/started':
        this.#reviewed(connection, params, at)
        break
      case 'item/autoApprovalReview/completed':
        this.#session.approvals.answered(reviewKey(connection, params), {
          ...reviewAnswer(record(params.review)),
          at,
        })
        break
      case 'serverRequest/resolved':
        this.#resolved(questionKey(connection, JSON.stringify(params.requestId)), at)
        break
      default:
    }
  }

  #requested(
    request: { connection: number; id: string; method: string; params: Params },
    at: number,
  ): void {
    const { connection, id, method, params } = request
    const question = questionOf(method, params)
    if (question === undefined) return
    const key = questionKey(connection, id)
    const callId = text(params.itemId) ?? text(params.callId)
    const files =
      question.kind === 'file-change' ? this.#session.tools.factsOf(callId).files : undefined
    const conversation = placeOf(params)
    this.#questions.set(key, { kind: question.kind, conversation, isAnswered: false })
    // An id can be reused once its question is resolved.
    const count = (this.#asked.get(key) ?? 0) + 1
    this.#asked.set(key, count)
    const { kind, what, offered = [] } = question
    this.#session.approvals.asked(this.#approvalKey(key), id, {
      kind,
      what: what || (files ?? []).join(', '),
      offered,
      files,
      reason: text(params.reason),
      cwd: text(params.cwd),
      callId,
      conversation,
      at,
    })
  }

  #answered(connection: number, id: string, message: Params, at: number): void {
    const key = questionKey(connection, id)
    const question = this.#questions.get(key)
    if (question === undefined || question.isAnswered) return
    question.isAnswered = true
    const answer = answerOf(question.kind, message)
    this.#session.approvals.answered(this.#approvalKey(key), Object.assign(answer, { at }))
    if (answer.stopsTurn !== true) return
    const { conversation } = question
    const { decision: reason } = answer
    this.#session.cancellations.request({ origin: 'approval', reason, conversation, at })
  }

  /** The app-server says that a question is no longer open, whether or not it was answered. */
  #resolved(key: string, at: number): void {
    const question = this.#questions.get(key)
    if (question === undefined) return
    this.#questions.delete(key)
    if (question.isAnswered) return
    this.#session.approvals.answered(this.#approvalKey(key), {
      decision: 'withdrawn',
      outcome: 'withdrawn',
      decidedBy: 'host',
      at,
    })
  }

  #reviewed(connection: number, params: Params, at: number): void {
    const action = record(params.action)
    this.#session.approvals.asked(
      reviewKey(connection, params),
      `review ${text(params.reviewId)}`,
      {
        ...reviewedAction(action),
        reason: text(action.reason),
        cwd: text(action.cwd),
        callId: text(params.targetItemId),
        conversation: placeOf(params),
        at,
      },
    )
  }

  #interrupted(params: Params, at: number): void {
    const conversation = placeOf(params)
    const { turnId } = conversation
    if (turnId === undefined || !this.#session.turns.isRunning(turnId)) return
    const request = { origin: 'user', reason: 'turn/interrupt', conversation, at } as const
    this.#session.cancellations.request(request)
  }

  #approvalKey(key: string): string {
    return `json-rpc ${key} ${this.#asked.get(key) ?? 0}`
  }
}

// The number 1 and the string "1" are different ids.
function questionKey(connection: number, id: string): string {
  return `${connection} ${id}`
}

function reviewKey(connection: number, { reviewId }: Params): string {
  return `json-rpc ${connection} review ${text(reviewId) ?? ''}`
}

function placeOf({ threadId, conversationId, turnId }: Params): Conversation {
  return placeIn(text(threadId) ?? text(conversationId), text(turnId))
}

function ofTurn({ threadId, turn }: Params): Conversation {
  return placeIn(text(threadId), text(record(turn).id))
}
