import type { Attributes } from '@opentelemetry/api'
import type { Conversation } from '../exchange/request-head.js'
import { ATTRIBUTE_CHARACTERS } from '../limits.js'
import { OpenSpans, type SpanSource } from './open-spans.js'

/** What can be asked for. */
export type ApprovalKind =
  | 'command'
  | 'file-change'
  | 'permissions'
  | 'mcp-elicitation'
  | 'user-input'

/** Where a question is seen. */
export type ApprovalTap = 'json-rpc' | 'hooks' | 'log-events'

/** A question asked before an action. */
export type ApprovalAsked = {
  /** Who has seen it; its answer comes from there and from nowhere else. */
  tap: ApprovalTap
  /** What tells it from all others that this tap has seen in the session. */
  id: string
  kind: ApprovalKind
  /** The command, the files, the server, the question. */
  what: string
  reason?: string | undefined
  cwd?: string | undefined
  /** The files that are to be changed. */
  files?: readonly string[] | undefined
  /** The decisions that were offered. */
  offered: readonly string[]
  /** The id of the tool call that waits for it. */
  callId?: string | undefined
  conversation: Conversation
  at: number
}

/** Who or what answered. */
export type DecidedBy = 'user' | 'rule' | 'reviewer' | 'timeout' | 'host'

export type ApprovalAnswered = {
  /**
   * As the agent calls it: `accept`, `acceptForSession`, `decline`, `cancel` … Not there where all
   * that is known is that it was answered.
   */
  decision?: string | undefined
  decidedBy?: DecidedBy | undefined
  /** The rule that decided, or that the answer makes. */
  rule?: string | undefined
  /** Why, in the words of who decided. */
  rationale?: string | undefined
  at: number
  /** Only the answer was seen: how long it was waited for is not known, and not told. */
  isWaitUnknown?: boolean
}

export type ApprovalsOptions = Omit<SpanSource, 'parentFor'> & {
  /** The tool that waits, where there is one. */
  parentFor: (conversation: Conversation, callId: string | undefined) => string
  scrub: (text: string) => string
}

/**
 * The `approval` spans of a session: asked → answered. What one tap has seen asked, no other one
 * answers: two may give the same id, and what anybody can say an answer must not be.
 */
export class Approvals {
  readonly #options: ApprovalsOptions
  readonly #open: OpenSpans
  readonly #answered = new Set<string>()
  readonly #countOfCall = new Map<string, number>()

  constructor(options: ApprovalsOptions) {
    this.#options = options
    this.#open = new OpenSpans(options.startSpan)
  }

  /** @returns whether it is new. */
  asked(asked: ApprovalAsked): boolean {
    const { tap, id, kind, conversation, callId, at } = asked
    const key = keyOf(tap, id)
    if (this.#answered.has(key) || this.#open.spanIdOf(key) !== undefined) return false
    const { parentFor, attributesFor } = this.#options
    if (callId !== undefined) this.#countOfCall.set(callId, this.countOf(callId) + 1)
    this.#open.start(key, {
      name: `approval ${kind}`,
      parentSpanId: parentFor(conversation, callId),
      at,
      attributes: {
        'tacho.approval.id': this.#text(id),
        'tacho.approval.kind': kind,
        'tacho.approval.what': this.#text(asked.what),
        'tacho.approval.offered': asked.offered.map((one) => this.#text(one)),
        ...this.#optional('tacho.approval.reason', asked.reason),
        ...this.#optional('tacho.approval.cwd', asked.cwd),
        ...(asked.files !== undefined && {
          'tacho.approval.files': asked.files.map((one) => this.#text(one)),
        }),
        ...this.#optional('gen_ai.tool.call.id', callId),
        ...attributesFor(conversation),
      },
    })
    return true
  }

  /** @returns whether it was open: a second answer, or one to a question never asked, is none. */
  answered(tap: ApprovalTap, id: string, answer: ApprovalAnswered): boolean {
    const { decision, decidedBy, rule, rationale, at, isWaitUnknown } = answer
    const key = keyOf(tap, id)
    const askedAt = this.#open.startedAt(key)
    if (askedAt === undefined) return false
    this.#answered.add(key)
    return this.#open.end(key, at, {
      ...this.#optional('tacho.approval.decision', decision),
      ...this.#optional('tacho.approval.decided_by', decidedBy),
      ...(!isWaitUnknown && { 'tacho.approval.wait_ms': Math.max(0, at - askedAt) / 1000 }),
      ...this.#optional('tacho.approval.rule', rule),
      ...this.#optional('tacho.approval.rationale', rationale),
    })
  }

  /**
   * Whether all that the user is asked in this session passes the JSON-RPC tap: then what else is
   * said of the user's answers is said of those, or of none.
   */
  areAskedOverJsonRpc = false

  /** How many approvals a tool call has had so far. */
  countOf(callId: string): number {
    return this.#countOfCall.get(callId) ?? 0
  }

  /** The run is over; what nobody has answered stays without a decision. */
  endAll(at: number): void {
    for (const id of this.#open.keys()) this.#open.end(id, at, { 'tacho.approval.open': true })
  }

  #optional(name: string, value: string | undefined): Attributes {
    return value === undefined ? {} : { [name]: this.#text(value) }
  }

  #text(text: string): string {
    return this.#options.scrub(text).slice(0, ATTRIBUTE_CHARACTERS)
  }
}

function keyOf(tap: ApprovalTap, id: string): string {
  return `${tap} ${id}`
}
