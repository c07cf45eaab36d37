import type { ApprovalOutcome } from '../parts/approval.js'
import type { TurnOutcome } from '../parts/thread.js'
import type { ToolOutcome } from '../parts/tool.js'
import type { ApprovalKind } from '../session/approvals.js'

/** The error code of a request cancelled by `$/cancel_request` (ACP version 1). */
const REQUEST_CANCELLED = -32800

/** Returns what a turn's `stopReason` means (ACP version 1). */
export function turnOutcomeOfStop(stopReason: string): TurnOutcome {
  return TURNS.get(stopReason) ?? 'unknown'
}

/** Returns what an error in answer to a prompt means. */
export function turnOutcomeOfError(code: unknown): TurnOutcome {
  return code === REQUEST_CANCELLED ? 'cancelled' : 'failed'
}

/**
 * Returns what the chosen option means, from its `kind`: its id can be any word (Gemini's `cancel`
 * is a `reject_once`).
 */
export function outcomeOfOption(kind: unknown): ApprovalOutcome {
  return (typeof kind === 'string' ? OPTIONS.get(kind) : undefined) ?? 'unknown'
}

/**
 * Returns what an error in answer to a question means: nobody could be asked, or it was cancelled.
 */
export function outcomeOfErrorAnswer(code: unknown): ApprovalOutcome {
  return code === REQUEST_CANCELLED ? 'cancelled' : 'failed'
}

/** Returns what the action means with which a client answers an elicitation. */
export function outcomeOfAction(action: string): ApprovalOutcome {
  return ACTIONS.get(action) ?? 'unknown'
}

/** Returns how a tool ended; undefined if the status does not end one. */
export function toolOutcomeOfStatus(status: string | undefined): ToolOutcome | undefined {
  return status === 'completed' || status === 'failed' ? status : undefined
}

/** Returns what is asked for, from the kind of the tool that asks. */
export function approvalKindOf(toolKind: string | undefined): ApprovalKind {
  if (toolKind === 'execute') return 'command'
  return toolKind !== undefined && CHANGES.has(toolKind) ? 'file-change' : 'tool'
}

const TURNS = new Map<string, TurnOutcome>([
  ['end_turn', 'completed'],
  ['cancelled', 'cancelled'],
  // It stopped before it was done.
  ['max_tokens', 'failed'],
  ['max_turn_requests', 'failed'],
  ['refusal', 'failed'],
])

const OPTIONS = new Map<string, ApprovalOutcome>([
  ['allow_once', 'allowed'],
  // "And remember the choice": the protocol does not say for how long.
  ['allow_always', 'allowed-with-rule'],
  ['reject_once', 'denied'],
  ['reject_always', 'denied'],
])

const ACTIONS = new Map<string, ApprovalOutcome>([
  ['accept', 'answered'],
  ['decline', 'denied'],
  ['cancel', 'cancelled'],
])

const CHANGES = new Set(['edit', 'delete', 'move'])
