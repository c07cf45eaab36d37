import type { ApprovalOutcome } from '../parts/approval.js'
import type { ApprovalKind, DecidedBy } from '../session/approvals.js'
import { approvalOutcomeOf } from './words.js'

/** Returns who decided, from the `source` of a `codex.tool_decision`. */
export function decidedBy(source: string, decision: string): DecidedBy {
  if (decision === 'timed_out') return 'timeout'
  const deciders: Record<string, DecidedBy> = { Config: 'rule', AutomatedReviewer: 'reviewer' }
  return Object.hasOwn(deciders, source) ? (deciders[source] ?? 'user') : 'user'
}

/**
 * Returns the decision in the words of Codex's app-server, so that it has one name at every tap.
 */
export function decisionWord(decision: string): string {
  const words: Record<string, string> = {
    approved: 'accept',
    approved_for_session: 'acceptForSession',
    approved_with_amendment: 'acceptWithExecpolicyAmendment',
    approved_with_network_policy_allow: 'applyNetworkPolicyAmendment',
    denied: 'decline',
    denied_with_network_policy_deny: 'applyNetworkPolicyAmendment',
    abort: 'cancel',
  }
  return Object.hasOwn(words, decision) ? (words[decision] ?? decision) : decision
}

/** Returns how that settles the question. */
export function decisionOutcome(decision: string): ApprovalOutcome {
  if (decision === 'approved_with_network_policy_allow') return 'allowed-with-rule'
  if (decision === 'denied_with_network_policy_deny') return 'denied'
  return approvalOutcomeOf(decisionWord(decision))
}

/** Returns whether the tool may then run. */
export function isApproved(decision: string): boolean {
  return decision.startsWith('approved')
}

/** Returns what a tool's request to run asks for. */
export function approvalKind(toolName: string, isMcp: boolean): ApprovalKind {
  if (isMcp || toolName.startsWith('mcp__')) return 'mcp-elicitation'
  if (/^(exec_command|write_stdin|unified_exec|local_shell|shell\w*)$/.test(toolName))
    return 'command'
  return toolName === 'apply_patch' ? 'file-change' : 'permissions'
}
