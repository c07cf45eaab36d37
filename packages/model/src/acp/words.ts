import type { ApprovalOutcome } from '../parts/approval.js'
import type { TurnOutcome } from '../parts/thread.js'
import type { ToolOutcome } from '../parts/tool.js'
import type { ApprovalKind } from '../session/approvals.js'

/** The error code of a request that was cancelled by `$/cancel_request` (ACP version 1). */
const REQUEST_CANCELLED = -32800

/** What a turn's `stopReason` means (ACP version 1). */
export function turnOutcomeOfStop(stopReason: string): TurnOutcome {
  return TURNS.get(stopReason) ?? 'unknown'
}

/** What it means that a prompt was answered with an error. */
export function turnOutcomeOfError(code: unknown): TurnOutcome {
  return code === REQUEST_CANCELLED ? 'cancelled' : 'failed'
}

/**
 * What the chosen option means: its `kind` says so, and its id can be any word (Gemini's `cancel` is a
 * `reject_once`).
 */
export function outcomeOfOption(kind: unknown): ApprovalOutcome {
  return (typeof kind === 'string' ? OPTIONS.get(kind) : undefined) ?? 'unknown'
}

/** What it means that a question was answered with an error: nobody could be asked, or it was cancelled. */
export function outcomeOfErrorAnswer(code: unknown): ApprovalOutcome {
  return code === REQUEST_CANCELLED ? 'cancelled' : 'failed'
}

/** What the action means that a client answers an elicitation with. */
export function outcomeOfAction(action: string): ApprovalOutcome {
  return ACTIONS.get(action) ?? 'unknown'
}

/** How a tool ended; nothing where its status is none that ends one. */
export function toolOutcomeOfStatus(status: string | undefined): ToolOutcome | undefined {
  return status === 'completed' || status === 'failed' ? status : undefined
}

/** What is asked for, by the kind of the tool that asks. */
export function approvalKindOf(toolKind: string | undefined): ApprovalKind {
  if (toolKind === 'execute') return 'command'
  return toolKind !== undefined && CHANGES.has(toolKind) ? 'file-change' : 'tool'
}

const TURNS = new Map<string, TurnOutcome>([
  ['end_turn', 'completed'],
  ['cancelled', 'cancelled'],
  // It stopped short of its end.
  ['max_tokens', 'failed'],
  ['max_turn_requests', 'failed'],
  ['refusal', 'failed'],
])

const OPTIONS = new Map<string, ApprovalOutcome>([
  ['allow_once', 'allowed'],
  // "And remember the choice": for how long, the protocol does not say.
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
