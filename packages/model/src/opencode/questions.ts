import { list, record, text, texts } from '../codex/values.js'
import type { ApprovalAsked, ApprovalKind } from '../session/approvals.js'
import type { SessionReducer } from '../session/session-reducer.js'
import type { Told } from './server-events.js'
import type { OpencodeTurns } from './turns.js'

/** What opencode (1.18) asks its user, and the answers. */
export class ServerQuestions {
  readonly #session: SessionReducer
  readonly #turns: OpencodeTurns
  /** Open questions, by thread, and when they were asked. */
  readonly #asked = new Map<string, Map<string, number>>()
  /** Refusals after which it is not known yet whether the turn ends. */
  readonly #refused = new Map<string, { key: string; at: number }[]>()
  /** When each thread asked its model for the last time. */
  readonly #requested = new Map<string, number>()
  /** What an `always` allows, by question. */
  readonly #rules = new Map<string, string>()

  constructor(session: SessionReducer, turns: OpencodeTurns) {
    this.#session = session
    this.#turns = turns
  }

  observe(name: string, told: Told): void {
    switch (name) {
      case 'permission.asked':
        this.#permissionAsked(told)
        break
      case 'permission.replied':
        this.#permissionReplied(told)
        break
      case 'question.asked':
        this.#questionAsked(told)
        break
      case 'question.replied':
        this.#questionOver(told, { outcome: 'answered', decision: 'answered' })
        break
      case 'question.rejected':
        this.#questionOver(told, { outcome: 'unanswered', decision: 'rejected' })
        break
      default:
    }
  }

  /** The agent asks its model again, so a refusal has not ended the turn. */
  goesOn(threadId: string, at: number): void {
    this.#requested.set(threadId, at)
    this.settleRefused(threadId, 'denied')
  }

  /** Settles what was still open when its turn ended: no answer to it is reported. */
  withdraw(threadId: string, at: number): void {
    for (const key of this.#asked.get(threadId)?.keys() ?? [])
      this.#session.approvals.answered(key, { outcome: 'cancelled', at })
    this.#asked.delete(threadId)
  }

  /**
   * It is known whether the turn went on after a refusal.
   *
   * @returns when the user refused for the last time; undefined if there was no refusal.
   */
  settleRefused(threadId: string, outcome: 'denied' | 'cancelled'): number | undefined {
    const refused = this.#refused.get(threadId) ?? []
    this.#refused.delete(threadId)
    for (const { key, at } of refused)
      this.#session.approvals.answered(key, { decision: 'reject', outcome, decidedBy: 'user', at })
    return refused.at(-1)?.at
  }

  #permissionAsked({ threadId, properties, at }: Told): void {
    const { id, permission, patterns, always, metadata, tool } = properties
    const key = text(id)
    if (key === undefined) return
    const kind = text(permission) ?? ''
    const { command, filepath } = record(metadata)
    const wanted = texts(list(patterns)).join(', ')
    const file = text(filepath)
    const rule = texts(list(always))
    if (rule.length > 0) this.#rules.set(key, JSON.stringify(rule))
    this.#ask(threadId, key, at, {
      kind: Object.hasOwn(KINDS, kind) ? (KINDS[kind] ?? 'permissions') : 'permissions',
      what: text(command) ?? file ?? (kind === '' ? wanted : `${kind}: ${wanted}`),
      files: file === undefined ? undefined : [file],
      offered: ['once', 'always', 'reject'],
      callId: text(record(tool).callID),
    })
  }

  #permissionReplied({ threadId, properties, at }: Told): void {
    const key = text(properties.requestID)
    if (key === undefined || !this.#session.approvals.isOpen(key)) return
    const decision = text(properties.reply)
    const askedAt = this.#asked.get(threadId)?.get(key) ?? at
    this.#asked.get(threadId)?.delete(key)
    if (decision === 'reject') {
      this.#refused.set(threadId, [...(this.#refused.get(threadId) ?? []), { key, at }])
      // On a busy machine, the answer may be reported after the request that follows it.
      if ((this.#requested.get(threadId) ?? 0) > askedAt) this.settleRefused(threadId, 'denied')
      return
    }
    const isAlways = decision === 'always'
    this.#session.approvals.answered(key, {
      decision,
      outcome: isAlways ? 'allowed-for-session' : decision === 'once' ? 'allowed' : 'unknown',
      decidedBy: 'user',
      rule: isAlways ? this.#rules.get(key) : undefined,
      at,
    })
  }

  #questionAsked({ threadId, properties, at }: Told): void {
    const { id, questions, tool } = properties
    const key = text(id)
    if (key === undefined) return
    const all = list(questions).map(record)
    this.#ask(threadId, key, at, {
      kind: 'user-input',
      what: all.flatMap(({ question }) => text(question) ?? []).join('\n'),
      offered: all.flatMap(({ options }) => texts(list(options).map((one) => record(one).label))),
      callId: text(record(tool).callID),
    })
  }

  #questionOver(
    { threadId, properties, at }: Told,
    answer: { outcome: 'answered' | 'unanswered'; decision: string },
  ): void {
    const key = text(properties.requestID)
    if (key === undefined) return
    this.#asked.get(threadId)?.delete(key)
    this.#session.approvals.answered(key, { ...answer, decidedBy: 'user', at })
  }

  #ask(
    threadId: string,
    key: string,
    at: number,
    asked: Omit<ApprovalAsked, 'conversation' | 'at'>,
  ): void {
    this.#asked.set(threadId, (this.#asked.get(threadId) ?? new Map()).set(key, at))
    const conversation = this.#turns.of(threadId)
    // The event that its tool runs may come a moment later.
    if (asked.callId !== undefined) this.#session.tools.start(asked.callId, conversation, at)
    this.#session.approvals.asked(key, key, { ...asked, conversation, at })
  }
}

const KINDS: Record<string, ApprovalKind> = {
  bash: 'command',
  edit: 'file-change',
  write: 'file-change',
  apply_patch: 'file-change',
}
