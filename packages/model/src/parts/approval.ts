import type { LeftOpen } from './left-open.js'

/**
 * How a question was settled, whatever the agent's word for it.
 *
 * - `allowed`: this once; `allowed-for-session`: this and anything like it, for this session;
 *   `allowed-with-rule`: and a rule was made for later.
 * - `denied`: no, and the turn goes on; `cancelled`: no, and the turn stops.
 * - `withdrawn`: the agent took it back; `timed-out`: nobody answered in time; `failed`: whoever
 *   should have answered could not be asked.
 * - `answered`: a question by the model; `unanswered`: there is no answer, and none can come.
 * - `unknown`: it was settled, but how is not known.
 */
export const APPROVAL_OUTCOMES = [
  'allowed',
  'allowed-for-session',
  'allowed-with-rule',
  'denied',
  'cancelled',
  'withdrawn',
  'timed-out',
  'failed',
  'answered',
  'unanswered',
  'unknown',
] as const

export type ApprovalOutcome = (typeof APPROVAL_OUTCOMES)[number]

/** A question asked before an action. Times are microseconds since 1970. */
export type Approval = {
  spanId: string
  /** The agent's own id for the question. */
  id?: string
  /**
   * `tool`, `command`, `file-change`, `permissions`, `mcp-elicitation`, `user-input`, or a kind
   * that a later Tacho adds.
   */
  kind: string
  what?: string
  reason?: string
  cwd?: string
  /** The files to be changed. */
  files?: string[]
  /** The decisions offered, in the agent's words; empty if it did not say. */
  offered: string[]
  /** How it was settled; absent if it is open, or its end was not recorded. */
  outcome?: ApprovalOutcome
  /** In the agent's words: `accept`, `decline`, `cancel` … */
  decision?: string
  /** `user`, `rule`, `reviewer`, `timeout`, `host`. */
  decidedBy?: string
  /** The rule that decided, or that the answer created. */
  rule?: string
  /** Why, in the words of whoever decided. */
  rationale?: string
  threadId?: string
  turnId?: string
  /** The id of the tool call that waited. */
  callId?: string
  askedAt: number
  /**
   * Milliseconds until the answer, or until the run ended without one; absent if no end is known.
   */
  waitMs?: number
  /** Absent if it was answered. */
  open?: LeftOpen
}
