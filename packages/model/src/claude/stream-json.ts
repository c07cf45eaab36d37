import { list, record, text } from '../codex/values.js'
import { type Conversation, conversationKey } from '../conversation.js'
import type { Observation, Observed } from '../observation.js'
import type { ApprovalAnswered } from '../session/approvals.js'
import type { SessionReducer } from '../session/session-reducer.js'
import { toolFacts } from './called-tool.js'
import { elicitationAnswer, elicitationQuestion } from './elicitations.js'
import { elicitationOf, questionOf, USER_INPUT } from './hook-message.js'
import type { Questions } from './questions.js'

type Asked = {
  key: string
  conversation: Conversation
  /** The tool that is to run; absent for a question of an MCP server. */
  tool?: string
}

/**
 * Reduces what passes between Claude Code and the program that it works for (`stream-json`,
 * 2.1.332): what that program is asked and answers, its requests to cancel, and the end of each
 * turn.
 */
export class StreamJsonReducer {
  readonly #session: SessionReducer
  readonly #questions: Questions
  readonly #open = new Map<string, Asked>()
  readonly #places = new Map<string, Conversation>()
  #count = 0

  constructor(session: SessionReducer, questions: Questions) {
    this.#session = session
    this.#questions = questions
  }

  observe(observation: Observation): void {
    if (observation.kind === 'tool-called')
      this.#places.set(observation.callId, observation.conversation)
    if (observation.kind === 'stream-json') this.#message(observation)
  }

  #message({ from, message, at }: Observed<'stream-json'>): void {
    const { type, request_id: id } = message
    if (type === 'result' && from === 'agent') this.#turnOver(at)
    else if (type === 'control_request') this.#requested(from, message, at)
    else if (type === 'control_response' && from === 'client') {
      const response = record(message.response)
      this.#answered(text(response.request_id) ?? '', response, at)
    } else if (type === 'control_cancel_request' && from === 'agent')
      this.#withdrawn(text(id) ?? '', at)
  }

  #requested(from: 'client' | 'agent', message: Record<string, unknown>, at: number): void {
    const request = record(message.request)
    if (from === 'client' && request.subtype === 'interrupt') this.#interrupted(at)
    else if (from === 'agent' && request.subtype === 'can_use_tool')
      this.#asked(text(message.request_id) ?? '', request, at)
    else if (from === 'agent' && request.subtype === 'elicitation')
      this.#elicited(text(message.request_id) ?? '', request, at)
  }

  #elicited(id: string, request: Record<string, unknown>, at: number): void {
    const elicitation = elicitationOf(request)
    if (elicitation === undefined) return
    const { server, what = server } = elicitation
    const conversation = this.#placeOf(undefined)
    const key = this.#keyOf(id)
    this.#open.set(id, { key, conversation })
    this.#session.approvals.asked(key, id, { ...elicitationQuestion(what), conversation, at })
  }

  #keyOf(id: string): string {
    this.#count += 1
    return `stream-json ${id} ${this.#count}`
  }

  #asked(id: string, request: Record<string, unknown>, at: number): void {
    const [tool, callId] = [text(request.tool_name) ?? '', text(request.tool_use_id)]
    const conversation = this.#placeOf(callId)
    const key = this.#keyOf(id)
    this.#open.set(id, { key, conversation, tool })
    const input = record(request.input)
    if (callId !== undefined) {
      this.#questions.isAskedElsewhere(callId)
      this.#session.tools.start(callId, conversation, at, toolFacts(tool, input))
    }
    const question = questionOf({ name: tool, input })
    this.#session.approvals.asked(key, id, { ...question, callId, conversation, at })
  }

  #answered(id: string, response: Record<string, unknown>, at: number): void {
    const asked = this.#open.get(id)
    if (asked === undefined) return
    this.#open.delete(id)
    this.#session.approvals.answered(asked.key, { ...answerOf(response, asked.tool), at })
    if (record(response.response).interrupt !== true) return
    const { conversation } = asked
    const request = { origin: 'approval', reason: 'deny', conversation, at } as const
    this.#session.cancellations.request(request)
  }

  #withdrawn(id: string, at: number): void {
    const asked = this.#open.get(id)
    if (asked === undefined) return
    this.#open.delete(id)
    const isRequested = this.#session.cancellations.isRequested(asked.conversation)
    this.#session.approvals.answered(asked.key, {
      decision: 'control_cancel_request',
      outcome: isRequested ? 'cancelled' : 'withdrawn',
      decidedBy: isRequested ? 'user' : 'host',
      at,
    })
  }

  #interrupted(at: number): void {
    for (const conversation of this.#session.turns.running())
      this.#session.cancellations.request({ origin: 'user', reason: 'interrupt', conversation, at })
  }

  #turnOver(at: number): void {
    for (const conversation of this.#session.turns.running()) {
      if (this.#session.cancellations.isRequested(conversation))
        this.#session.turnEnded(conversation, 'interrupted', at)
    }
  }

  /**
   * Returns the place of a call; without one, that of the turn in progress, if there is only one.
   */
  #placeOf(callId: string | undefined): Conversation {
    const known = callId === undefined ? undefined : this.#places.get(callId)
    const running = this.#session.turns.running()
    const own = running.find(
      (one) => known !== undefined && conversationKey(one) === conversationKey(known),
    )
    return own ?? known ?? (running.length === 1 ? running[0] : undefined) ?? {}
  }
}

/** Returns the program's answer, which counts as its user's. */
function answerOf(
  response: Record<string, unknown>,
  tool: string | undefined,
): Omit<ApprovalAnswered, 'at'> {
  // Not a person's decision: the program could not ask.
  if (response.subtype === 'error')
    return { decision: 'error', outcome: 'failed', decidedBy: 'host' }
  const { behavior, message, interrupt, updatedPermissions, action } = record(response.response)
  if (tool === undefined) return elicitationAnswer(text(action))
  const decision = text(behavior)
  if (decision === 'deny') {
    const outcome = interrupt === true ? 'cancelled' : 'denied'
    return { decision, outcome, decidedBy: 'user', rationale: text(message) }
  }
  if (decision !== 'allow') return { decision, outcome: 'unknown', decidedBy: 'user' }
  if (tool === USER_INPUT) return { decision, outcome: 'answered', decidedBy: 'user' }
  const rules = list(updatedPermissions).map(record)
  const isForGood = rules.some(({ destination }) => destination !== 'session')
  const withRule = isForGood ? 'allowed-with-rule' : 'allowed-for-session'
  const outcome = rules.length === 0 ? 'allowed' : withRule
  const rule = rules.length === 0 ? undefined : JSON.stringify(rules)
  return { decision, outcome, decidedBy: 'user', rule }
}
