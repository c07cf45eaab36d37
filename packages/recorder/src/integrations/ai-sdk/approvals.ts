import type { OpenTurn } from '../../api/open-turn.js'
import { memberOf } from '../../api/plain.js'
import { kept, tell, wordsIn } from '../../api/tell.js'
import { newSpanId } from '../../ids.js'
import type { HostRecording } from '../../register/host-recording.js'
import { whatIsAsked } from '../what-is-asked.js'

/**
 * The approvals of the AI SDK: a call ends with what needs one (`tool-approval-request`), and the answers
 * stand among the messages of a later call (`tool-approval-response`), which goes on with the turn.
 */
export class AiApprovals {
  readonly #host: HostRecording
  /** The questions that are open, by the SDK's id. */
  readonly #open = new Map<string, { approvalId: string; turn: OpenTurn }>()

  constructor(host: HostRecording) {
    this.#host = host
  }

  /** Tells the answers that a call brings; gives the turn that it goes on with. */
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

  /** @returns whether what a call gave waits for approvals. */
  askedBy(result: unknown, turn: OpenTurn): boolean {
    const content = memberOf(result, 'content')
    const asked = (Array.isArray(content) ? content : []).filter(
      // What a rule of the program's has decided, nobody was asked.
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

/** The parts of all messages of the tools' role. */
function partsIn(messages: unknown): unknown[] {
  if (!Array.isArray(messages)) return []
  return messages.flatMap((message) => {
    const content = memberOf(message, 'role') === 'tool' ? memberOf(message, 'content') : undefined
    return Array.isArray(content) ? content : []
  })
}
