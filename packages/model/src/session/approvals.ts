import { encodeAttributes, spanName, withAttributes } from '@tacho/format'
import type { Conversation } from '../conversation.js'
import type { ApprovalOutcome } from '../parts/approval.js'
import type { SpanBook } from '../spans/span-book.js'
import type { Places } from './places.js'
import type { Tools } from './tools.js'
import type { Turns } from './turns.js'

/** What approval can be asked for. `tool`: a call of one of the program's own tools. */
export const APPROVAL_KINDS = [
  'tool',
  'command',
  'file-change',
  'permissions',
  'mcp-elicitation',
  'user-input',
] as const

export type ApprovalKind = (typeof APPROVAL_KINDS)[number]

/** Who or what answered. */
export const DECIDED_BY = ['user', 'rule', 'reviewer', 'timeout', 'host'] as const

export type DecidedBy = (typeof DECIDED_BY)[number]

/** A question asked before an action. */
export type ApprovalAsked = {
  kind: ApprovalKind
  /** The command, the files, the server, the question. */
  what: string
  reason?: string | undefined
  cwd?: string | undefined
  /** The files to be changed. */
  files?: readonly string[] | undefined
  /** The decisions offered. */
  offered?: readonly string[]
  /** The id of the tool call that waits for the answer. */
  callId?: string | undefined
  conversation: Conversation
  at: number
}

export type ApprovalAnswered = {
  /** How it was settled, whatever the agent's word for it. */
  outcome: ApprovalOutcome
  /**
   * In the agent's words: `accept`, `acceptForSession`, `decline`, `cancel` … Absent if it is only
   * known that an answer came.
   */
  decision?: string | undefined
  decidedBy?: DecidedBy | undefined
  /** The rule that decided, or that the answer creates. */
  rule?: string | undefined
  /** Why, in the words of whoever decided. */
  rationale?: string | undefined
  at: number
  /** Only the answer was seen, so the wait is unknown and not reported. */
  isWaitUnknown?: boolean
}

/**
 * Questions and their answers: one `approval` span each. The key includes the tap and the
 * connection, because two taps may give the same id: a question that one tap saw is never answered
 * by another.
 */
export class Approvals {
  readonly #spans: SpanBook
  readonly #places: Places
  readonly #turns: Turns
  readonly #tools: Tools
  readonly #open = new Map<string, { spanId: string; askedAt: number }>()
  readonly #countOfCall = new Map<string, number>()

  constructor(options: { spans: SpanBook; places: Places; turns: Turns; tools: Tools }) {
    this.#spans = options.spans
    this.#places = options.places
    this.#turns = options.turns
    this.#tools = options.tools
  }

  /** @param id the question's id at the tap that saw it. */
  asked(key: string, id: string, asked: ApprovalAsked): void {
    if (this.#open.has(key)) return
    const { kind, conversation, callId, at } = asked
    const spanId = this.#spans.idOf('approval', key)
    this.#open.set(key, { spanId, askedAt: at })
    if (callId !== undefined) this.#countOfCall.set(callId, this.countOf(callId) + 1)
    const turn = this.#turns.within(conversation, at)
    this.#spans.start({
      spanId,
      parentSpanId: this.#tools.spanOf(callId) ?? turn,
      name: spanName('approval', kind),
      at,
      attributes: withAttributes(
        encodeAttributes('approval', {
          id,
          kind,
          what: asked.what,
          offered: asked.offered ?? [],
          reason: asked.reason,
          cwd: asked.cwd,
          files: asked.files,
          callId,
        }),
        this.#places.attributes(conversation),
      ),
    })
  }

  /**
   * @returns whether the question was open. A second answer, or one to a question never asked, is
   * ignored.
   */
  answered(key: string, answer: ApprovalAnswered): boolean {
    const open = this.#open.get(key)
    if (open === undefined) return false
    this.#open.delete(key)
    const { decision, outcome, decidedBy, rule, rationale, at, isWaitUnknown } = answer
    const wait = Math.max(0, at - open.askedAt) / 1000
    this.#spans.end(
      open.spanId,
      at,
      encodeAttributes('approval', {
        decision,
        outcome,
        decidedBy,
        waitMs: isWaitUnknown === true ? undefined : wait,
        rule,
        rationale,
      }),
    )
    return true
  }

  isOpen(key: string): boolean {
    return this.#open.has(key)
  }

  /** Returns how many approvals a tool call has had so far. */
  countOf(callId: string): number {
    return this.#countOfCall.get(callId) ?? 0
  }

  /** Ends the run: what nobody has answered stays without a decision. */
  endAll(at: number): void {
    const unanswered = encodeAttributes('approval', { outcome: 'unanswered', isOpen: true })
    for (const { spanId } of this.#open.values()) this.#spans.end(spanId, at, unanswered)
    this.#open.clear()
  }
}
