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

/** A question asked before an action. */
export type ApprovalAsked = {
  /** What tells it from all others of the session; the same at every tap that sees it. */
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

/** The `approval` spans of a session: asked → answered. */
export class Approvals {
  readonly #options: ApprovalsOptions
  readonly #open: OpenSpans
  readonly #answered = new Set<string>()
  readonly #countOfCall = new Map<string, number>()

  constructor(options: ApprovalsOptions) {
    this.#options = options
    this.#open = new OpenSpans(options.startSpan)
  }

  /** @returns whether it is new; the same approval may be seen at two taps. */
  asked(asked: ApprovalAsked): boolean {
    const { id, kind, conversation, callId, at } = asked
    if (this.#answered.has(id) || this.#open.spanIdOf(id) !== undefined) return false
    const { parentFor, attributesFor } = this.#options
    if (callId !== undefined) this.#countOfCall.set(callId, this.countOf(callId) + 1)
    this.#open.start(id, {
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
  answered(id: string, answer: ApprovalAnswered): boolean {
    const { decision, decidedBy, rule, rationale, at, isWaitUnknown } = answer
    const askedAt = this.#open.startedAt(id)
    if (askedAt === undefined) return false
    this.#answered.add(id)
    return this.#open.end(id, at, {
      ...this.#optional('tacho.approval.decision', decision),
      ...this.#optional('tacho.approval.decided_by', decidedBy),
      ...(!isWaitUnknown && { 'tacho.approval.wait_ms': Math.max(0, at - askedAt) / 1000 }),
      ...this.#optional('tacho.approval.rule', rule),
      ...this.#optional('tacho.approval.rationale', rationale),
    })
  }

  /** Whether a question was seen with its choices: then there is a tap at which users are asked. */
  hasSeenChoices = false

  /** How many approvals a tool call has had so far. */
  countOf(callId: string): number {
    return this.#countOfCall.get(callId) ?? 0
  }

  /** Whether a question is open. */
  isOpen(id: string): boolean {
    return this.#open.spanIdOf(id) !== undefined
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
