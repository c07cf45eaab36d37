import type { SessionExchange } from '@tacho/model'
import { leftOpenBy } from '../../left-open.js'
import { microsOfIso } from '../../micros.js'
import type { Session } from '../../read-session.js'
import type { Span } from '../../read-spans.js'
import { type TimelineEntry, timelineOf } from '../../timeline/timeline.js'
import { threadTitle, turnTitle } from '../../timeline/titles.js'

/**
 * Something that took time, in microseconds since 1970, and the group of tracks that it is shown
 * in.
 */
export type Slice = {
  group: string
  category: string
  name: string
  start: number
  end: number
  args: Record<string, unknown>
}

/**
 * Returns everything that a session did, except single chunks. What was in flight lasts until the
 * last sign of life, and `args.open` says how it was left.
 */
export function slicesOf(session: Session): Slice[] {
  const lastSign = microsOfIso(session.lastSeenAt ?? '') ?? 0
  const slices = timelineOf(session)
    // Without a valid time, its place is unknown.
    .filter(({ at }) => at > 0)
    .flatMap((entry) => slicesOfEntry(session, entry, lastSign))
  // In a damaged session, a span may have started after the last sign of life.
  return slices.map((slice) => ({ ...slice, end: Math.max(slice.start, slice.end) }))
}

function slicesOfEntry(session: Session, entry: TimelineEntry, lastSign: number): Slice[] {
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
      const { span, turn, thread } = entry
      const { kind, of } = thread
      const group = kind === 'user' && of === 1 ? 'turns' : `turns of ${threadTitle(thread)}`
      const slice = sliceOfSpan(session, span, group, 'turn', lastSign)
      const name = marked(turnTitle(turn, thread), span.endedAt === undefined)
      return [{ ...slice, name, args: { ...slice.args, thread: thread.id } }]
    }
    case 'thread':
      return []
    case 'exchange':
      return slicesOfExchange(session, entry.exchange, lastSign)
    case 'tool':
      return [sliceOfSpan(session, entry.span, 'tools', 'tool', lastSign)]
    case 'cancellation':
      return [sliceOfSpan(session, entry.span, 'cancellations', 'cancellation', lastSign)]
    case 'approval': {
      const { span, approval } = entry
      const slice = sliceOfSpan(session, span, 'approvals', 'approval', lastSign)
      const { waitMs, askedAt } = approval
      const end = waitMs === undefined ? slice.end : askedAt + waitMs * 1000
      return [{ ...slice, end, args: { ...slice.args, approval } }]
    }
    case 'span':
      return [sliceOfSpan(session, entry.span, 'other spans', 'span', lastSign)]
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

function marked(name: string, isOpen: boolean): string {
  return isOpen ? `${name} (in flight)` : name
}
