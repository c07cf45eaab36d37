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

/** Returns the approvals of a session in the order in which they were asked. */
export function approvalsOf(session: Parts): Approval[] {
  return spansOfKind(session.spans, 'approval')
    .map((span) => approvalOf(session, span))
    .sort((one, other) => one.askedAt - other.askedAt)
}

/** Totals of approvals. */
export type ApprovalTotals = {
  count: number
  /** Milliseconds, of those that are known; absent if none are. */
  waitedMs?: number
  longestMs?: number
  /** How many have no answer. */
  open: number
  /** By decision; without a prototype, because decisions come from a file. */
  byDecision: Record<string, number>
  /** By outcome. */
  byOutcome: Partial<Record<ApprovalOutcome, number>>
}

/**
 * Returns how many approvals there were, how long they took in total and at most, and what was
 * decided.
 */
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

// Sessions of Tacho 0.1.0 only have the agent's word.
function outcomeOf(span: Span, told: Told): ApprovalOutcome | undefined {
  if (span.endedAt === undefined) return undefined
  const outcome = APPROVAL_OUTCOMES.find((one) => one === told.outcome)
  if (outcome !== undefined) return outcome
  return told.isOpen === true ? 'unanswered' : approvalOutcomeOf(told.decision, told.rule)
}

// If only the answer was seen, neither the recorder nor the span has a wait.
function waitOf(span: Span, { waitMs, isOpen, decidedBy }: Told): number | undefined {
  // Tacho 0.1.0 recorded 0 if nobody was asked.
  const isAsked = waitMs !== 0 || decidedBy !== 'rule'
  if (waitMs !== undefined && waitMs >= 0 && isAsked) return waitMs
  if (span.endedAt === undefined || isOpen !== true) return undefined
  return Math.max(0, span.endedAt - span.startedAt) / 1000
}

// A span that ended without an answer is marked: the run ended before a decision.
function openOf(session: Parts, span: Span, { isOpen }: Told): LeftOpen | undefined {
  if (span.endedAt === undefined) return leftOpenBy(session, span)
  return isOpen === true ? 'ended' : undefined
}
