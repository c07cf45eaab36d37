import { list, record, text } from '../codex/values.js'
import { type Conversation, conversationKey } from '../conversation.js'
import type { ApprovalAnswered } from '../session/approvals.js'
import type { SessionReducer } from '../session/session-reducer.js'
import { askedFor, type ToldCall } from './tool-call.js'
import { approvalKindOf, outcomeOfAction, outcomeOfErrorAnswer, outcomeOfOption } from './words.js'

type Message = Record<string, unknown>
type Answer = Pick<ApprovalAnswered, 'outcome' | 'decision' | 'decidedBy'>

/** A question without an answer. */
type Question = {
  /** Its key among the approvals, because an id can be reused. */
  approval: string
  place: Conversation
  callId: string | undefined
  /** The kinds of the options offered, by id. */
  kinds: ReadonlyMap<string, unknown>
}

/** What an agent asks its client, and the answers. */
export class Questions {
  readonly #session: SessionReducer
  readonly #open = new Map<string, Question>()
  /** Calls that somebody refused. */
  readonly #denied = new Set<string>()
  /** The last refusal in each turn. */
  readonly #refusals = new Map<string, { reason: string; at: number }>()
  #count = 0

  constructor(session: SessionReducer) {
    this.#session = session
  }

  /** `session/request_permission`. */
  permission(
    key: string,
    message: Message,
    { told, place, at }: { told: ToldCall; place: Conversation; at: number },
  ): void {
    const params = record(message.params)
    const options = list(params.options).map(record)
    const offered = options.flatMap(({ optionId }) => text(optionId) ?? [])
    const callId = text(record(params.toolCall).toolCallId)
    const kinds = new Map(options.map(({ optionId, kind }) => [String(optionId), kind]))
    const approval = this.#begin(key, { place, callId, kinds })
    this.#session.approvals.asked(approval, JSON.stringify(message.id), {
      kind: approvalKindOf(told.kind),
      what: askedFor(told),
      offered,
      cwd: told.facts.cwd,
      files: told.facts.files,
      callId,
      conversation: place,
      at,
    })
  }

  /** `elicitation/create`: a form to fill in, or a page to visit. */
  elicitation(key: string, message: Message, place: Conversation, at: number): void {
    const { message: words, url, toolCallId } = record(message.params)
    const callId = text(toolCallId)
    const approval = this.#begin(key, { place, callId, kinds: new Map() })
    this.#session.approvals.asked(approval, JSON.stringify(message.id), {
      kind: 'user-input',
      what: [words, url].flatMap((one) => text(one) ?? []).join(' '),
      offered: ['accept', 'decline', 'cancel'],
      callId,
      conversation: place,
      at,
    })
  }

  answered(key: string, message: Message, at: number): void {
    const question = this.#open.get(key)
    if (question === undefined) return
    this.#open.delete(key)
    const answer = answerTo(question, message)
    const { callId, place } = question
    const isNo = answer.outcome === 'denied' || answer.outcome === 'cancelled'
    if (callId !== undefined && isNo) this.#denied.add(callId)
    const reason = answer.decision ?? answer.outcome
    if (answer.outcome === 'denied') this.#refusals.set(conversationKey(place), { reason, at })
    this.#session.approvals.answered(question.approval, { ...answer, at })
    // By the protocol this is the answer while a turn is being cancelled.
    if (answer.outcome === 'cancelled' && place.turnId !== undefined)
      this.#session.cancellations.request({
        origin: 'approval',
        reason: answer.decision ?? 'cancelled',
        conversation: place,
        at,
      })
  }

  /** The agent no longer waits for the answer. */
  withdrawn(key: string, at: number): void {
    const question = this.#open.get(key)
    if (question === undefined) return
    this.#open.delete(key)
    this.#session.approvals.answered(question.approval, {
      outcome: 'withdrawn',
      decidedBy: 'host',
      at,
    })
  }

  withdrawAll(place: Conversation, at: number): void {
    const turn = conversationKey(place)
    for (const [key, question] of [...this.#open])
      if (conversationKey(question.place) === turn) this.withdrawn(key, at)
  }

  /**
   * The agent has cancelled a turn. If no client asked it to, it did so because of a refusal: to
   * some agents each no means that (codex-acp 2.6).
   */
  cancelledBy(place: Conversation): void {
    const refusal = this.#refusals.get(conversationKey(place))
    const { cancellations } = this.#session
    if (refusal === undefined || cancellations.isRequested(place)) return
    cancellations.request({ origin: 'approval', ...refusal, conversation: place })
  }

  /** Returns whether the last answer about a call was no. */
  isDenied(callId: string): boolean {
    return this.#denied.has(callId)
  }

  #begin(key: string, question: Omit<Question, 'approval'>): string {
    this.#count += 1
    const approval = `acp ${this.#count} ${key}`
    this.#open.set(key, { ...question, approval })
    if (question.callId !== undefined) this.#denied.delete(question.callId)
    return approval
  }
}

function answerTo({ kinds }: Question, message: Message): Answer {
  // Not a person's decision: the client could not ask.
  if (message.error !== undefined) {
    const outcome = outcomeOfErrorAnswer(record(message.error).code)
    return { decision: 'error', outcome, decidedBy: 'host' }
  }
  const { outcome, action } = record(message.result)
  const word = text(action)
  if (word !== undefined)
    return { decision: word, outcome: outcomeOfAction(word), decidedBy: 'user' }
  const { outcome: how, optionId } = record(outcome)
  if (how === 'selected') {
    const chosen = text(optionId)
    const meaning = outcomeOfOption(kinds.get(String(optionId)))
    return { decision: chosen, outcome: meaning, decidedBy: 'user' }
  }
  if (how === 'cancelled') return { decision: how, outcome: how, decidedBy: 'user' }
  // It was answered, in a form that cannot be read.
  return { decision: text(how) ?? 'unreadable', outcome: 'unknown', decidedBy: 'user' }
}
