import type { OpenTurn } from '../../api/open-turn.js'
import { memberOf } from '../../api/plain.js'
import { kept, tell, wordsIn } from '../../api/tell.js'
import { newSpanId } from '../../ids.js'
import type { HostRecording } from '../../register/host-recording.js'
import { whatIsAsked } from '../what-is-asked.js'

/**
 * Records the AI SDK's approvals: a call ends with a question (`tool-approval-request`), and the
 * answers are in the messages of a later call (`tool-approval-response`), which continues the turn.
 */
export class AiApprovals {
  readonly #host: HostRecording
  /** Open questions, by the SDK's id. */
  readonly #open = new Map<string, { approvalId: string; turn: OpenTurn }>()

  constructor(host: HostRecording) {
    this.#host = host
  }

  /** Records the answers in a call's messages; returns the turn that the call continues. */
  answeredBy(options: unknown): OpenTurn | undefined {
    let turn: OpenTurn | undefined
    for (const part of partsIn(memberOf(options, 'messages') ?? memberOf(options, 'prompt'))) {
      if (memberOf(part, 'type') !== 'tool-approval-response') continue
      const id = wordsIn(part, 'approvalId') ?? ''
      const question = this.#open.get(id)
      if (question === undefined) continue
      this.#open.delete(id)
      this.#answered(question.approvalId, part)
      if (!question.turn.isOver) turn ??= question.turn
    }
    return turn
  }

  /** @returns whether a call's result waits for approvals. */
  askedBy(result: unknown, turn: OpenTurn): boolean {
    const content = memberOf(result, 'content')
    const asked = (Array.isArray(content) ? content : []).filter(
      // Nobody was asked if one of the program's rules decided.
      (part) =>
        memberOf(part, 'type') === 'tool-approval-request' &&
        memberOf(part, 'isAutomatic') !== true,
    )
    for (const part of asked) this.#ask(part, turn)
    return asked.length > 0
  }

  #ask(part: unknown, turn: OpenTurn): void {
    const id = wordsIn(part, 'approvalId') ?? ''
    if (this.#open.has(id)) return
    const approvalId = newSpanId()
    this.#open.set(id, { approvalId, turn })
    const call = memberOf(part, 'toolCall')
    tell(this.#host, 'approval-asked', () => ({
      ...turn.place,
      within: undefined,
      approvalId,
      approvalKind: 'tool',
      what: whatIsAsked(wordsIn(call, 'toolName') ?? 'tool', kept(memberOf(call, 'input'))),
      reason: wordsIn(part, 'reason'),
      offered: ['approve', 'deny'],
      callId: wordsIn(call, 'toolCallId'),
    }))
  }

  #answered(approvalId: string, part: unknown): void {
    const isApproved = memberOf(part, 'approved') === true
    tell(this.#host, 'approval-answered', () => ({
      approvalId,
      outcome: isApproved ? 'allowed' : 'denied',
      decision: isApproved ? 'approve' : 'deny',
      decidedBy: undefined,
      rule: undefined,
      rationale: wordsIn(part, 'reason'),
    }))
  }
}

/** Returns the parts of all messages with the role `tool`. */
function partsIn(messages: unknown): unknown[] {
  if (!Array.isArray(messages)) return []
  return messages.flatMap((message) => {
    const content = memberOf(message, 'role') === 'tool' ? memberOf(message, 'content') : undefined
    return Array.isArray(content) ? content : []
  })
}
