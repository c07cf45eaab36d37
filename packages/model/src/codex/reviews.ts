import type { ApprovalAnswered, ApprovalAsked } from '../session/approvals.js'
import { list, text, texts } from './values.js'
import { approvalOutcomeOf } from './words.js'

/**
 * Returns what Codex's automated reviewer is to decide in a person's place (Codex 0.169, unstable).
 */
export function reviewedAction(
  action: Record<string, unknown>,
): Pick<ApprovalAsked, 'kind' | 'what' | 'files'> {
  const { type, command, program, argv, stdin, files, target, server, toolName, permissions } =
    action
  switch (type) {
    case 'applyPatch': {
      const paths = texts(list(files))
      return { kind: 'file-change', what: paths.join(', '), files: paths }
    }
    case 'mcpToolCall':
      return { kind: 'mcp-elicitation', what: texts([server, toolName]).join(': ') }
    case 'requestPermissions':
      return { kind: 'permissions', what: JSON.stringify(permissions ?? {}) }
    case 'execve':
      return { kind: 'command', what: JSON.stringify(argv ?? [program]) }
    default:
      return { kind: 'command', what: texts([command, stdin, target])[0] ?? text(type) ?? '' }
  }
}

/** Returns what it has decided. */
export function reviewAnswer(
  review: Record<string, unknown>,
): Pick<ApprovalAnswered, 'decision' | 'outcome' | 'decidedBy' | 'rationale'> {
  const { status, rationale, riskLevel } = review
  const words = texts([riskLevel && `risk ${String(riskLevel)}`, rationale]).join(': ')
  return {
    decision: text(status) ?? 'unreadable',
    outcome: approvalOutcomeOf(text(status)),
    decidedBy: status === 'timedOut' ? 'timeout' : status === 'aborted' ? 'host' : 'reviewer',
    rationale: text(words),
  }
}
