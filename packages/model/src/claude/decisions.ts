import type { ApprovalOutcome } from '../parts/approval.js'
import type { ApprovalAnswered, DecidedBy } from '../session/approvals.js'

/** What a `tool_decision` says (Claude Code 2.1.332). */
export type Decision = {
  /** `accept`, `reject`. */
  word: string
  /** Who decided, and for how long: `config`, `hook`, `user_temporary`, `user_permanent` … */
  source: string
}

/** Returns whether a person decided: rules, modes and hooks decide without asking anybody. */
export function isOfUser({ source }: Decision): boolean {
  return source.startsWith('user_')
}

/** Returns whether the user said no. Only what follows shows whether the turn goes on. */
export function isRefusal({ source }: Decision): boolean {
  return source === 'user_reject'
}

/** Returns how a decision settles a question. */
export function answerOf(decision: Decision): Omit<ApprovalAnswered, 'at'> {
  const { word, source } = decision
  const decidedBy: DecidedBy = isOfUser(decision) ? 'user' : 'rule'
  return {
    decision: isOfUser(decision) ? source : word,
    outcome: OUTCOMES[source] ?? (word === 'accept' ? 'allowed' : 'denied'),
    decidedBy,
  }
}

const OUTCOMES: Record<string, ApprovalOutcome> = {
  user_temporary: 'allowed',
  user_permanent: 'allowed-with-rule',
  user_abort: 'cancelled',
}
