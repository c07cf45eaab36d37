import type { OpenTurn } from '../../api/open-turn.js'
import { memberOf } from '../../api/plain.js'
import { tell, wordsIn } from '../../api/tell.js'
import { newSpanId } from '../../ids.js'
import type { HostRecording } from '../../register/host-recording.js'
import { callIdOf, whatOf } from './calls.js'

/** The state of an interrupted run, which resumes it. */
type State = Record<'approve' | 'reject', (item: object, options?: object) => unknown>

/**
 * Records the interruptions of `@openai/agents`: a run that needs approvals returns the calls that
 * wait; `state.approve` or `state.reject` answers, and running that state continues the turn.
 */
export class AgentsApprovals {
  readonly #host: HostRecording
  readonly #turns = new WeakMap<object, OpenTurn>()
  /** Open questions, by the id of the waiting call. */
  readonly #open = new Map<string, string>()

  constructor(host: HostRecording) {
    this.#host = host
  }

  /** Returns the open turn that running this input continues. */
  turnOf(input: unknown): OpenTurn | undefined {
    const turn = typeof input === 'object' && input !== null ? this.#turns.get(input) : undefined
    return turn?.isOver === false ? turn : undefined
  }

  /** @returns whether the run waits for approvals. */
  askedBy(result: unknown, turn: OpenTurn): boolean {
    const items = memberOf(result, 'interruptions')
    const state = memberOf(result, 'state')
    if (!Array.isArray(items) || items.length === 0 || !isState(state)) return false
    for (const item of items) this.#ask(item, turn)
    if (!this.#turns.has(state)) this.#listenTo(state)
    this.#turns.set(state, turn)
    return true
  }

  #ask(item: unknown, { place }: OpenTurn): void {
    const callId = callIdOf(item)
    if (this.#open.has(callId)) return
    const approvalId = newSpanId()
    this.#open.set(callId, approvalId)
    tell(this.#host, 'approval-asked', () => ({
      ...place,
      within: undefined,
      approvalId,
      approvalKind: 'tool',
      what: whatOf(item),
      reason: undefined,
      offered: ['approve', 'reject'],
      callId,
    }))
  }

  /** The program answers through these methods of the state. */
  #listenTo(state: State): void {
    const { approve, reject } = state
    state.approve = (item, options) => {
      const given = approve.call(state, item, options)
      const isForAll = memberOf(options, 'alwaysApprove') === true
      this.#answered(item, isForAll ? 'allowed-for-session' : 'allowed', 'approve')
      return given
    }
    state.reject = (item, options) => {
      const given = reject.call(state, item, options)
      this.#answered(item, 'denied', 'reject', wordsIn(options, 'message'))
      return given
    }
  }

  #answered(item: object, outcome: string, decision: string, rationale?: string): void {
    const callId = callIdOf(item)
    const approvalId = this.#open.get(callId)
    if (approvalId === undefined) return
    this.#open.delete(callId)
    tell(this.#host, 'approval-answered', () => ({
      approvalId,
      outcome,
      decision,
      decidedBy: undefined,
      rule: undefined,
      rationale,
    }))
  }
}

function isState(value: unknown): value is State {
  return ['approve', 'reject'].every((name) => typeof memberOf(value, name) === 'function')
}
