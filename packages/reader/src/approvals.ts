import { type LeftOpen, leftOpenBy } from './left-open.js'
import type { Session } from './read-session.js'
import { numberAttribute, type Span, textAttribute, textsAttribute } from './read-spans.js'

/** A question that was asked before an action. Times are microseconds since 1970. */
export type Approval = {
  spanId: string
  /** The agent's own name for the question. */
  id?: string
  /** `command`, `file-change`, `permissions`, `mcp-elicitation`, `user-input`, or what a later Tacho knows. */
  kind: string
  what?: string
  reason?: string
  cwd?: string
  /** The files that were to be changed. */
  files?: string[]
  /** The decisions that were offered, in the agent's words; none where it did not tell. */
  offered: string[]
  /** In the agent's words: `accept`, `decline`, `cancel` … */
  decision?: string
  /** `user`, `rule`, `reviewer`, `timeout`, `host`. */
  decidedBy?: string
  /** The rule that decided, or that the answer made. */
  rule?: string
  /** Why, in the words of who decided. */
  rationale?: string
  turnId?: string
  /** Of the tool call that waited. */
  callId?: string
  askedAt: number
  /** Milliseconds until the answer, or until the run ended without one; not there where no end is known. */
  waitMs?: number
  /** Not there where it was answered. */
  open?: LeftOpen
}

/** The approvals of a session in the order in which they were asked for. */
export function approvalsOf(session: Pick<Session, 'spans' | 'runs' | 'ended'>): Approval[] {
  return [...session.spans.values()]
    .filter(isApproval)
    .map((span) => approvalOf(session, span))
    .sort((one, other) => one.askedAt - other.askedAt)
}

/** Approvals in sum. */
export type ApprovalTotals = {
  count: number
  /** Milliseconds, as far as they are known; not there where none are. */
  waitedMs?: number
  longestMs?: number
  /** How many have no answer. */
  open: number
  /** How many of each decision; without a prototype, for decisions are read from a file. */
  byDecision: Record<string, number>
}

/** How many there were, how long they took in all and at most, and how they were decided. */
export function approvalTotals(approvals: readonly Approval[]): ApprovalTotals {
  const byDecision: Record<string, number> = Object.create(null)
  const totals: ApprovalTotals = { count: approvals.length, open: 0, byDecision }
  for (const { waitMs, open, decision } of approvals) {
    if (waitMs !== undefined) {
      totals.waitedMs = (totals.waitedMs ?? 0) + waitMs
      totals.longestMs = Math.max(totals.longestMs ?? 0, waitMs)
    }
    if (open !== undefined) totals.open += 1
    else if (decision !== undefined) byDecision[decision] = (byDecision[decision] ?? 0) + 1
  }
  return totals
}

function isApproval({ name }: Span): boolean {
  return name === 'approval' || name.startsWith(PREFIX)
}

const PREFIX = 'approval '

function approvalOf(session: Pick<Session, 'spans' | 'runs' | 'ended'>, span: Span): Approval {
  const text = (name: string): string | undefined => textAttribute(span, `tacho.approval.${name}`)
  const files = textsAttribute(span, 'tacho.approval.files')
  const wait = waitOf(span)
  const open = openOf(session, span)
  return {
    spanId: span.spanId,
    kind: text('kind') ?? span.name.slice(PREFIX.length),
    offered: textsAttribute(span, 'tacho.approval.offered') ?? [],
    askedAt: span.startedAt,
    ...known({
      id: text('id'),
      what: text('what'),
      reason: text('reason'),
      cwd: text('cwd'),
      decision: text('decision'),
      decidedBy: text('decided_by'),
      rule: text('rule'),
      rationale: text('rationale'),
      turnId: textAttribute(span, 'tacho.turn.id'),
      callId: textAttribute(span, 'gen_ai.tool.call.id'),
    }),
    ...(files !== undefined && { files }),
    ...(wait !== undefined && { waitMs: wait }),
    ...(open !== undefined && { open }),
  }
}

// Where only the answer was seen, the recorder tells no waiting time, and the span has none either.
function waitOf(span: Span): number | undefined {
  const told = numberAttribute(span, 'tacho.approval.wait_ms')
  if (told !== undefined && told >= 0) return told
  if (span.endedAt === undefined || !isUnanswered(span)) return undefined
  return Math.max(0, span.endedAt - span.startedAt) / 1000
}

// A span that ended without an answer says so: the run was over, and nobody had decided.
function openOf(
  session: Pick<Session, 'spans' | 'runs' | 'ended'>,
  span: Span,
): LeftOpen | undefined {
  if (span.endedAt === undefined) return leftOpenBy(session, span)
  return isUnanswered(span) ? 'ended' : undefined
}

function isUnanswered({ attributes }: Span): boolean {
  return attributes['tacho.approval.open'] === true
}

function known<Key extends string>(
  texts: Record<Key, string | undefined>,
): Partial<Record<Key, string>> {
  return Object.fromEntries(
    Object.entries(texts).filter(([, text]) => text !== undefined),
  ) as Partial<Record<Key, string>>
}
