import { decodeAttributes, SPAN_ATTRIBUTES, spanKindOf } from '@tacho/format'
import { type ApprovalOutcome, finishOf, OUTCOMES, type Outcome } from '@tacho/model'
import { chatFacts } from './chat-facts.js'
import type { Span } from './read-spans.js'

/** Counts of what stands out in a session. */
export type SessionMarks = {
  /** Requests to the model that failed, or whose answer was cut off or unreadable. */
  errors: number
  approvals: number
  /** Those that were not allowed. */
  denied: number
  cancellations: number
  /** The outcome of the last answer; absent if unknown. */
  lastOutcome?: Outcome
}

/** Counts what stands out among the spans of a session. */
export function marksOf(spans: Iterable<Span>): SessionMarks {
  const marks: SessionMarks = { errors: 0, approvals: 0, denied: 0, cancellations: 0 }
  let lastAt = Number.NEGATIVE_INFINITY
  for (const span of spans) {
    switch (spanKindOf(span)) {
      case 'chat': {
        const outcome = span.endedAt === undefined ? undefined : answerOutcome(span)
        if (outcome === undefined) break
        if (BAD.has(outcome)) marks.errors += 1
        if (span.startedAt < lastAt) break
        lastAt = span.startedAt
        marks.lastOutcome = outcome
        break
      }
      case 'approval':
        marks.approvals += 1
        if (isDenied(span)) marks.denied += 1
        break
      case 'cancellation':
        marks.cancellations += 1
    }
  }
  return marks
}

/** Each line of a span that is counted contains at least one of these. */
export const MARKING: readonly string[] = [
  SPAN_ATTRIBUTES.chat.outcome.name,
  SPAN_ATTRIBUTES.chat.errorType.name,
  SPAN_ATTRIBUTES.chat.finishReasons.name,
  '"name":"approval',
  '"name":"cancellation',
]

const BAD: ReadonlySet<Outcome> = new Set<Outcome>(['failed', 'truncated', 'unreadable'])
const DENIED: ReadonlySet<string> = new Set<ApprovalOutcome>(['denied', 'cancelled', 'timed-out'])

// Sessions of Tacho 0.1.0 do not record the outcome.
function answerOutcome(span: Span): Outcome | undefined {
  const told = chatFacts(span)
  if (told.isPrewarm) return undefined
  const outcome = OUTCOMES.find((one) => one === told.outcome)
  if (outcome !== undefined) return outcome
  return told.errorType === undefined ? finishOf(told.finishReasons ?? []) : 'failed'
}

function isDenied({ attributes }: Span): boolean {
  return DENIED.has(decodeAttributes('approval', attributes).outcome ?? '')
}
