import type { ApprovalOutcome } from '../parts/approval.js'
import type { ApprovalAnswered } from '../session/approvals.js'
import type { SessionReducer } from '../session/session-reducer.js'
import type { Elicitation, ToolQuestion } from './hook-message.js'
import type { Told } from './questions.js'

/**
 * What MCP servers ask the user of Claude Code (2.1.332) in the middle of a call. The answer names
 * the server but not the question; a server that asks twice is answered in that order.
 */
export class Elicitations {
  readonly #session: SessionReducer
  #open: { key: string; server: string }[] = []
  #count = 0

  constructor(session: SessionReducer) {
    this.#session = session
  }

  asked({ server, what = server }: Elicitation, { conversation, at }: Told): void {
    this.#count += 1
    const key = `elicitation ${server} ${this.#count}`
    this.#open.push({ key, server })
    this.#session.approvals.asked(key, key, { ...elicitationQuestion(what), conversation, at })
  }

  answered({ server, action }: Elicitation, { at }: Told): void {
    const question = this.#open.find((one) => one.server === server)
    if (question === undefined) return
    this.#open = this.#open.filter((one) => one !== question)
    this.#session.approvals.answered(question.key, { ...elicitationAnswer(action), at })
  }
}

/** Returns what is recorded of a question of an MCP server. */
export function elicitationQuestion(what: string): ToolQuestion {
  return { kind: 'mcp-elicitation', what, offered: Object.keys(OUTCOMES) }
}

/** Returns how the user's action settles it. */
export function elicitationAnswer(action: string | undefined): Omit<ApprovalAnswered, 'at'> {
  const outcome = OUTCOMES[action ?? ''] ?? 'unknown'
  return { decision: action, outcome, decidedBy: 'user' }
}

const OUTCOMES: Record<string, ApprovalOutcome> = {
  accept: 'allowed',
  decline: 'denied',
  cancel: 'cancelled',
}
