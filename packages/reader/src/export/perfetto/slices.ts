import { type Approval, approvalsOf } from '../../approvals.js'
import { leftOpenBy } from '../../left-open.js'
import { microsOfIso } from '../../micros.js'
import type { Session, SessionExchange } from '../../read-session.js'
import { type Span, textAttribute } from '../../read-spans.js'
import { type TimelineEntry, timelineOf } from '../../timeline.js'

/** Something that took time, in microseconds since 1970, and the group of tracks it is shown in. */
export type Slice = {
  group: string
  category: string
  name: string
  start: number
  end: number
  args: Record<string, unknown>
}

/**
 * All that a session did, but for single chunks. What was in flight lasts to the last sign of life
 * and says in `args.open` how it was left.
 */
export function slicesOf(session: Session): Slice[] {
  const approvals = new Map(approvalsOf(session).map((approval) => [approval.spanId, approval]))
  const lastSign = microsOfIso(session.lastSeenAt ?? '') ?? 0
  const slices = timelineOf(session).flatMap((entry) =>
    slicesOfEntry(session, entry, lastSign, approvals),
  )
  // A span can have been started after what the damaged rest of a session tells.
  return slices.map((slice) => ({ ...slice, end: Math.max(slice.start, slice.end) }))
}

function slicesOfEntry(
  session: Session,
  entry: TimelineEntry,
  lastSign: number,
  approvals: ReadonlyMap<string, Approval>,
): Slice[] {
  switch (entry.kind) {
    case 'run': {
      const { run, number, at: start } = entry
      const isOpen = run.ended === 'running' || run.ended === 'died'
      const end = isOpen ? lastSign : (microsOfIso(run.endedAt ?? '') ?? lastSign)
      const open = isOpen && { open: run.ended }
      const name = marked(`run ${number}`, isOpen)
      return [{ group: 'runs', category: 'run', name, start, end, args: { ...run, ...open } }]
    }
    case 'turn': {
      const { span, number } = entry
      const thread = textAttribute(span, 'gen_ai.conversation.id')
      const group = thread === undefined ? 'turns' : `turns of ${thread}`
      const slice = sliceOfSpan(session, span, group, 'turn', lastSign)
      return [{ ...slice, name: `turn ${number}, ${slice.name}` }]
    }
    case 'exchange':
      return slicesOfExchange(session, entry.exchange, lastSign)
    case 'span': {
      const approval = approvals.get(entry.span.spanId)
      const [group, category] = groupOf(entry.span, approval)
      const slice = sliceOfSpan(session, entry.span, group, category, lastSign)
      if (approval === undefined) return [slice]
      const { waitMs, askedAt } = approval
      const end = waitMs === undefined ? slice.end : askedAt + waitMs * 1000
      return [{ ...slice, end, args: { ...slice.args, approval } }]
    }
    case 'gap': {
      const { gap, at: start } = entry
      const end = microsOfIso(gap.time) ?? start
      const name = `gap: ${gap.reason}`
      return [{ group: 'gaps', category: 'gap', name, start, end, args: { ...gap } }]
    }
    default:
      return entry satisfies never
  }
}

function slicesOfExchange(session: Session, exchange: SessionExchange, lastSign: number): Slice[] {
  const {
    number,
    id,
    method,
    url,
    transport,
    isConnection,
    state,
    startedMicros: start,
    durationMs,
    firstChunkMs,
  } = exchange
  const isOpen = durationMs === undefined
  const end = isOpen ? lastSign : start + durationMs * 1000
  const span = session.spans.get(id)
  const open = isOpen && { open: span === undefined ? session.ended : leftOpenBy(session, span) }
  const args = { ...exchange, ...open, ...(span && { attributes: span.attributes }) }
  const words = `${number} ${transport === undefined ? method : 'WS'} ${exchange.model ?? url}`
  const name = marked(exchange.isPrewarm ? `${words}, prewarm` : words, isOpen)
  const group = isConnection ? 'connections' : 'exchanges'
  const category = isConnection ? 'connection' : 'exchange'
  const whole = { group, category: `${category},${state}`, name, start, end, args }
  if (firstChunkMs === undefined) return [whole]
  const arrival = {
    group: 'streams',
    category: 'stream',
    name: marked(`${number} arriving`, isOpen),
    start: start + firstChunkMs * 1000,
    end,
    args: { exchange: id, number, chunks: exchange.chunks, bytes: exchange.responseBytes, ...open },
  }
  return [whole, arrival]
}

function sliceOfSpan(
  session: Session,
  span: Span,
  group: string,
  category: string,
  lastSign: number,
): Slice {
  const { spanId, parentSpanId, traceId, attributes, isError, links, events } = span
  const isOpen = span.endedAt === undefined
  const args = {
    spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    traceId,
    ...(isError && { isError }),
    ...(isOpen && { open: leftOpenBy(session, span) }),
    ...(links.length > 0 && { links }),
    ...(events.length > 0 && { events }),
    attributes,
  }
  const end = span.endedAt ?? lastSign
  return { group, category, name: marked(span.name, isOpen), start: span.startedAt, end, args }
}

function groupOf({ name }: Span, approval: Approval | undefined): [string, string] {
  if (approval !== undefined) return ['approvals', 'approval']
  if (name === 'cancellation') return ['cancellations', 'cancellation']
  if (name.split(' ')[0] === 'execute_tool') return ['tools', 'tool']
  return ['other spans', 'span']
}

function marked(name: string, isOpen: boolean): string {
  return isOpen ? `${name} (in flight)` : name
}
