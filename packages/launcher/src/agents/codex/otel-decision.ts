import type { ApprovalKind, DecidedBy } from '@tacho/recorder'

/** Who decided, by the `source` of a `codex.tool_decision`. */
export function decidedBy(source: string, decision: string): DecidedBy {
  if (decision === 'timed_out') return 'timeout'
  const deciders: Record<string, DecidedBy> = { Config: 'rule', AutomatedReviewer: 'reviewer' }
  return deciders[source] ?? 'user'
}

/** The decision as Codex's app-server calls it, so that one thing has one name at every tap. */
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

/** Whether the tool may run after it. */
export function isApproved(decision: string): boolean {
  return decision.startsWith('approved')
}

/** What is asked for when a tool wants to run. */
export function approvalKind(toolName: string): ApprovalKind {
  if (/^(exec_command|write_stdin|unified_exec|local_shell|shell\w*)$/.test(toolName))
    return 'command'
  if (toolName === 'apply_patch') return 'file-change'
  return toolName.startsWith('mcp__') ? 'mcp-elicitation' : 'permissions'
}
