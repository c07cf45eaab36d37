import { decodeAttributes, spanKindOf } from '@tacho/format'
import type { SessionParts } from '@tacho/model'
import { ancestorsOf } from '../left-open.js'
import type { Session } from '../read-session.js'
import type { Span } from '../read-spans.js'
import type { TimelineEntry } from './timeline.js'

type ShownSpan = { span: Span; entry: TimelineEntry; above: number }

/**
 * Returns the spans that are shown on their own: not runs and turns, which are headings, and not
 * those that repeat an exchange. `above`: how deeply each is nested.
 */
export function shownSpans(session: Session, parts: SessionParts): ShownSpan[] {
  const { spans, exchanges } = session
  const exchangeIds = new Set(exchanges.map(({ id }) => id))
  const headings = new Set(parts.turns.map(({ spanId }) => spanId))
  const isHeading = (span: Span): boolean =>
    headings.has(span.spanId) || spanKindOf(span) === 'session'
  const entryOf = entriesOf(parts)
  return [...spans.values()].flatMap((span) => {
    if (isHeading(span) || isOfExchange(span, exchangeIds)) return []
    const ancestors = ancestorsOf(spans, span)
    if (ancestors.some(({ spanId }) => exchangeIds.has(spanId))) return []
    const above = ancestors.filter((one) => !isHeading(one)).length
    return { span, above, entry: entryOf(span) }
  })
}

function entriesOf(parts: SessionParts): (span: Span) => TimelineEntry {
  const tools = new Map(parts.tools.map((tool) => [tool.spanId, tool]))
  const approvals = new Map(parts.approvals.map((approval) => [approval.spanId, approval]))
  const cancellations = new Map(parts.cancellations.map((one) => [one.spanId, one]))
  return (span) => {
    const { spanId, startedAt: at } = span
    const [tool, approval] = [tools.get(spanId), approvals.get(spanId)]
    const cancellation = cancellations.get(spanId)
    if (tool !== undefined) return { kind: 'tool', at, depth: 0, span, tool }
    if (approval !== undefined) return { kind: 'approval', at, depth: 0, span, approval }
    if (cancellation === undefined) return { kind: 'span', at, depth: 0, span }
    return { kind: 'cancellation', at, depth: 0, span, cancellation }
  }
}

// If a request asks no model, its HTTP span has no `chat` span above it.
function isOfExchange(span: Span, exchangeIds: ReadonlySet<string>): boolean {
  if (exchangeIds.has(span.spanId)) return true
  if (span.kind !== CLIENT) return false
  return exchangeIds.has(decodeAttributes('http', span.attributes).exchange ?? '')
}

const CLIENT = 3
