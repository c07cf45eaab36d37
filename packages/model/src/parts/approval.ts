import type { LeftOpen } from './left-open.js'

/**
 * How a question was settled, whatever the agent calls that.
 *
 * - `allowed`: this once; `allowed-for-session`: and whatever is like it, for this session;
 *   `allowed-with-rule`: and a rule was made for later.
 * - `denied`: no, and the turn goes on; `cancelled`: no, and the turn stops.
 * - `withdrawn`: the agent took it back; `timed-out`: nobody in time; `failed`: whoever was asked
 *   could not be.
 * - `answered`: a question of the model's own; `unanswered`: there is no answer, and none can come.
 * - `unknown`: it was settled, and nobody told how.
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

/** A question that was asked before an action. Times are microseconds since 1970. */
export type Approval = {
  spanId: string
  /** The agent's own name for the question. */
  id?: string
  /** `tool`, `command`, `file-change`, `permissions`, `mcp-elicitation`, `user-input`, or what a later Tacho knows. */
  kind: string
  what?: string
  reason?: string
  cwd?: string
  /** The files that were to be changed. */
  files?: string[]
  /** The decisions that were offered, in the agent's words; none where it did not tell. */
  offered: string[]
  /** How it was settled; absent where it is open, or its end was not recorded. */
  outcome?: ApprovalOutcome
  /** In the agent's words: `accept`, `decline`, `cancel` … */
  decision?: string
  /** `user`, `rule`, `reviewer`, `timeout`, `host`. */
  decidedBy?: string
  /** The rule that decided, or that the answer made. */
  rule?: string
  /** Why, in the words of who decided. */
  rationale?: string
  threadId?: string
  turnId?: string
  /** Of the tool call that waited. */
  callId?: string
  askedAt: number
  /** Milliseconds until the answer, or until the run ended without one; absent where no end is known. */
  waitMs?: number
  /** Absent where it was answered. */
  open?: LeftOpen
}
