import { cut, type HostPlace } from '@tacho/format'
import { inputFacts } from '../codex/called-tool.js'
import { type Conversation, placeIn } from '../conversation.js'
import type { ExchangeEnded, Observation, Observed } from '../observation.js'
import { APPROVAL_OUTCOMES } from '../parts/approval.js'
import {
  APPROVAL_KINDS,
  type ApprovalKind,
  DECIDED_BY,
  type DecidedBy,
} from '../session/approvals.js'
import { CANCELLATION_ORIGINS, type CancellationOrigin } from '../session/cancellations.js'
import type { SessionReducer } from '../session/session-reducer.js'

/**
 * Reduces what a program says about itself through the API or an integration. It is taken at its
 * word: nothing knows better who decided and how things ended.
 */
export class HostReducer {
  readonly #session: SessionReducer
  readonly #conversations = new Map<string, Conversation>()
  /** What each requested cancellation is to stop. */
  readonly #cancelled = new Map<string, Conversation[]>()

  constructor(session: SessionReducer) {
    this.#session = session
  }

  observe(observation: Observation): void {
    switch (observation.kind) {
      case 'turn-started':
        this.#turnStarted(observation)
        break
      case 'turn-ended':
        this.#turnEnded(observation)
        break
      case 'tool-started':
        this.#toolStarted(observation)
        break
      case 'tool-ended':
        this.#toolEnded(observation)
        break
      case 'approval-asked':
        this.#approvalAsked(observation)
        break
      case 'approval-answered':
        this.#approvalAnswered(observation)
        break
      case 'cancellation-requested':
        this.#cancellationRequested(observation)
        break
      case 'cancellation-ended':
        this.#cancellationEnded(observation)
        break
      case 'note':
        this.#note(observation)
        break
      case 'exchange-ended':
        this.#exchangeEnded(observation)
        break
      default:
    }
  }

  #turnStarted({
    turnId,
    threadId,
    name,
    parentTurnId,
    within,
    at,
  }: Observed<'turn-started'>): void {
    const { turns, tools, spans } = this.#session
    const conversation = { ...placeIn(threadId, turnId), turnId }
    this.#conversations.set(turnId, conversation)
    const parentTurn = turns.spanOf(parentTurnId)
    const isOpen = parentTurn !== undefined && spans.isOpen(parentTurn)
    const parentSpanId = tools.spanOf(within) ?? (isOpen ? parentTurn : undefined)
    turns.begin(conversation, at, { name, parentSpanId })
  }

  #turnEnded({ turnId, outcome, error, at }: Observed<'turn-ended'>): void {
    const conversation = this.#conversations.get(turnId)
    if (conversation !== undefined) this.#session.turnEnded(conversation, outcome, at, { error })
  }

  #toolStarted(told: Observed<'tool-started'>): void {
    const { callId, name, input, within, at } = told
    const { tools } = this.#session
    const facts = typeof input === 'string' ? inputFacts(input) : {}
    tools.start(callId, this.#conversationOf(told), at, { ...facts, name }, within)
  }

  #toolEnded(told: Observed<'tool-ended'>): void {
    const { callId, outcome, error, exitCode, at } = told
    this.#session.toolEnded(callId, this.#conversationOf(told), at, { outcome, error, exitCode })
  }

  #approvalAsked(told: Observed<'approval-asked'>): void {
    const { approvalId, approvalKind, what, reason, offered, callId, at } = told
    this.#session.approvals.asked(keyOf(approvalId), approvalId, {
      kind: known<ApprovalKind>(APPROVAL_KINDS, approvalKind) ?? 'tool',
      what,
      reason,
      ...(offered !== undefined && { offered }),
      callId,
      conversation: this.#conversationOf(told),
      at,
    })
  }

  #approvalAnswered(told: Observed<'approval-answered'>): void {
    const { approvalId, outcome, decision, decidedBy, rule, rationale, at } = told
    this.#session.approvals.answered(keyOf(approvalId), {
      outcome: known(APPROVAL_OUTCOMES, outcome) ?? 'unknown',
      decision,
      decidedBy: known<DecidedBy>(DECIDED_BY, decidedBy),
      rule,
      rationale,
      at,
    })
  }

  #cancellationRequested(told: Observed<'cancellation-requested'>): void {
    const { cancellationId, reason, at, turnId } = told
    const { cancellations, turns } = this.#session
    const origin = known<CancellationOrigin>(CANCELLATION_ORIGINS, told.origin) ?? 'host'
    const running = turnId === undefined ? turns.running() : [this.#conversationOf(told)]
    const concerned = running.length > 0 ? running : [this.#conversationOf(told)]
    this.#cancelled.set(cancellationId, concerned)
    for (const conversation of concerned)
      cancellations.request({ origin, reason, conversation, at })
  }

  #cancellationEnded({ cancellationId, at }: Observed<'cancellation-ended'>): void {
    const concerned = this.#cancelled.get(cancellationId) ?? []
    this.#cancelled.delete(cancellationId)
    for (const conversation of concerned) this.#session.cancellations.turnEnded(conversation, at)
  }

  #note(told: Observed<'note'>): void {
    const { spans, turns, tools } = this.#session
    const turn = turns.within(this.#conversationOf(told), told.at)
    spans.event(tools.spanOf(told.within) ?? turn, cut(told.note), told.at)
  }

  /**
   * A program that drops the rest of an answer may never report the end of its turn. Unless
   * something follows in that turn, it was abandoned at that point.
   */
  #exchangeEnded({ conversation: { turnId }, stopped, at }: ExchangeEnded & { at: number }): void {
    if (turnId === undefined || stopped === undefined || stopped.isDroppedError) return
    if (this.#conversations.has(turnId)) this.#session.turns.done(turnId, at, 'cancelled')
  }

  /** Returns the place of something: the thread that its turn began in. */
  #conversationOf({ threadId, turnId }: HostPlace): Conversation {
    return this.#conversations.get(turnId ?? '') ?? placeIn(threadId, turnId)
  }
}

function keyOf(approvalId: string): string {
  return `host ${approvalId}`
}

/** Returns the word if it is one of the known ones. */
function known<Word extends string>(words: readonly Word[], word: unknown): Word | undefined {
  return words.find((one) => one === word)
}
