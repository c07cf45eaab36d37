import { decodeAttributes, type SpanFacts, spanAbout } from '@tacho/format'
import {
  APPROVAL_OUTCOMES,
  type Approval,
  type ApprovalOutcome,
  approvalOutcomeOf,
  type LeftOpen,
} from '@tacho/model'
import { known } from './known.js'
import { leftOpenBy } from './left-open.js'
import type { Session } from './read-session.js'
import { type Span, spansOfKind } from './read-spans.js'

type Parts = Pick<Session, 'spans' | 'runs' | 'ended'>

/** The approvals of a session in the order in which they were asked for. */
export function approvalsOf(session: Parts): Approval[] {
  return spansOfKind(session.spans, 'approval')
    .map((span) => approvalOf(session, span))
    .sort((one, other) => one.askedAt - other.askedAt)
}

/** Approvals in sum. */
export type ApprovalTotals = {
  count: number
  /** Milliseconds, as far as they are known; absent where none are. */
  waitedMs?: number
  longestMs?: number
  /** How many have no answer. */
  open: number
  /** How many of each decision; without a prototype, for decisions are read from a file. */
  byDecision: Record<string, number>
  /** How many of each outcome. */
  byOutcome: Partial<Record<ApprovalOutcome, number>>
}

/** How many there were, how long they took in all and at most, and how they were decided. */
export function approvalTotals(approvals: readonly Approval[]): ApprovalTotals {
  const byDecision: Record<string, number> = Object.create(null)
  const totals: ApprovalTotals = { count: approvals.length, open: 0, byDecision, byOutcome: {} }
  for (const { waitMs, open, decision, outcome } of approvals) {
    if (waitMs !== undefined) {
      totals.waitedMs = (totals.waitedMs ?? 0) + waitMs
      totals.longestMs = Math.max(totals.longestMs ?? 0, waitMs)
    }
    if (outcome !== undefined) totals.byOutcome[outcome] = (totals.byOutcome[outcome] ?? 0) + 1
    if (open !== undefined) totals.open += 1
    else if (decision !== undefined) byDecision[decision] = (byDecision[decision] ?? 0) + 1
  }
  return totals
}

function approvalOf(session: Parts, span: Span): Approval {
  const told = decodeAttributes('approval', span.attributes)
  const { id, kind, what, reason, cwd, files, offered, decision, decidedBy, rule } = told
  const { rationale, threadId, turnId, callId } = told
  return {
    spanId: span.spanId,
    kind: kind ?? spanAbout(span.name),
    offered: offered ?? [],
    askedAt: span.startedAt,
    ...known({ id, what, reason, cwd, files, decision, decidedBy, rule, rationale, callId }),
    ...known({ threadId, turnId, waitMs: waitOf(span, told), open: openOf(session, span, told) }),
    ...known({ outcome: outcomeOf(span, told) }),
  }
}

type Told = SpanFacts<'approval'>

// Sessions of Tacho 0.1.0 have the agent's word alone.
function outcomeOf(span: Span, told: Told): ApprovalOutcome | undefined {
  if (span.endedAt === undefined) return undefined
  const outcome = APPROVAL_OUTCOMES.find((one) => one === told.outcome)
  if (outcome !== undefined) return outcome
  return told.isOpen === true ? 'unanswered' : approvalOutcomeOf(told.decision, told.rule)
}

// Where only the answer was seen, the recorder tells no waiting time, and the span has none either.
function waitOf(span: Span, { waitMs, isOpen, decidedBy }: Told): number | undefined {
  // Tacho 0.1.0 said 0 where nobody was asked.
  const isAsked = waitMs !== 0 || decidedBy !== 'rule'
  if (waitMs !== undefined && waitMs >= 0 && isAsked) return waitMs
  if (span.endedAt === undefined || isOpen !== true) return undefined
  return Math.max(0, span.endedAt - span.startedAt) / 1000
}

// A span that ended without an answer says so: the run was over, and nobody had decided.
function openOf(session: Parts, span: Span, { isOpen }: Told): LeftOpen | undefined {
  if (span.endedAt === undefined) return leftOpenBy(session, span)
  return isOpen === true ? 'ended' : undefined
}
