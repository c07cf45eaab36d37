import { decodeAttributes, type SpanKind, spanKindOf } from '@tacho/format'
import type { Cancellation, SessionExchange, Stopped } from '@tacho/model'
import { known } from './known.js'
import { leftOpenBy } from './left-open.js'
import type { Session } from './read-session.js'
import { type Span, spansOfKind } from './read-spans.js'

type Parts = Pick<Session, 'spans' | 'runs' | 'ended' | 'exchanges'>

/** Returns the cancellations of a session in the order in which they were requested. */
export function cancellationsOf(session: Parts): Cancellation[] {
  return spansOfKind(session.spans, 'cancellation')
    .map((span) => cancellationOf(session, span))
    .sort((one, other) => one.requestedAt - other.requestedAt)
}

/** Totals of cancellations. */
export type CancellationTotals = {
  count: number
  /** By origin; without a prototype, because origins come from a file. */
  byOrigin: Record<string, number>
  /** Milliseconds from request to release; absent if no release is known. */
  medianMs?: number
  longestMs?: number
}

/**
 * Returns how many cancellations there were, by origin, and how long they took from request to
 * release.
 */
export function cancellationTotals(cancellations: readonly Cancellation[]): CancellationTotals {
  const byOrigin: Record<string, number> = Object.create(null)
  for (const { origin = 'unknown' } of cancellations) byOrigin[origin] = (byOrigin[origin] ?? 0) + 1
  const times = cancellations
    .flatMap(({ requestedAt, releasedAt }) =>
      releasedAt === undefined ? [] : releasedAt - requestedAt,
    )
    .sort((one, other) => one - other)
  const [medianMs, longestMs] = [medianOf(times), times.at(-1)]
  return {
    count: cancellations.length,
    byOrigin,
    ...(medianMs !== undefined && { medianMs: medianMs / 1000 }),
    ...(longestMs !== undefined && { longestMs: longestMs / 1000 }),
  }
}

function cancellationOf(session: Parts, span: Span): Cancellation {
  const told = decodeAttributes('cancellation', span.attributes)
  const { origin, reason, threadId, turnId, events, outputTokens } = told
  const stopped = stoppedBy(session, span)
  const bytes = arrivedBytes(session, stopped) ?? told.bytes
  return {
    spanId: span.spanId,
    stopped,
    requestedAt: span.startedAt,
    ...known({ origin, reason, threadId, turnId, bytes, events, outputTokens }),
    ...momentsOf(span, stopped),
    ...(span.endedAt === undefined && { open: leftOpenBy(session, span) }),
  }
}

const indexed = new WeakMap<readonly SessionExchange[], Map<string, SessionExchange>>()

// Looked up for each cancellation of a session.
function exchangesById(exchanges: readonly SessionExchange[]): Map<string, SessionExchange> {
  const held = indexed.get(exchanges) ?? new Map(exchanges.map((one) => [one.id, one]))
  indexed.set(exchanges, held)
  return held
}

function stoppedBy({ spans, exchanges }: Parts, { links }: Span): Stopped[] {
  const byId = exchangesById(exchanges)
  return [...new Set(links.map(({ spanId }) => spanId))].map((spanId) => {
    const span = spans.get(spanId)
    const [name, number] = [span?.name, byId.get(spanId)?.number]
    return {
      kind:
        number === undefined
          ? (KINDS[spanKindOf(span ?? NO_SPAN) ?? 'http'] ?? 'span')
          : 'exchange',
      spanId,
      ...known({ name, number }),
    }
  })
}

const NO_SPAN = { name: '', attributes: {} }

const KINDS: Partial<Record<SpanKind, Stopped['kind']>> = {
  chat: 'exchange',
  invoke_agent: 'turn',
  execute_tool: 'tool',
  approval: 'approval',
}

// One request can stop several exchanges, each of which adds its own events.
function momentsOf(
  { events, endedAt }: Span,
  stopped: readonly Stopped[],
): Pick<Cancellation, 'signalledAt' | 'lastByteAt' | 'releasedAt'> {
  const times = (name: string): number[] =>
    events.filter((event) => event.name === name).map(({ at }) => at)
  const signalledAt = times('signalled').sort((one, other) => one - other)[0]
  const lastByteAt = latestOf(times('last_byte'))
  const releasedAt = latestOf(times('released')) ?? (stopped.length > 0 ? endedAt : undefined)
  return {
    ...(signalledAt !== undefined && { signalledAt }),
    ...(lastByteAt !== undefined && { lastByteAt }),
    ...(releasedAt !== undefined && { releasedAt }),
  }
}

function latestOf(times: readonly number[]): number | undefined {
  return times.length === 0 ? undefined : times.reduce((one, other) => Math.max(one, other))
}

// The span has the bytes of what was released; the raw log has all that arrived.
function arrivedBytes({ exchanges }: Parts, stopped: readonly Stopped[]): number | undefined {
  const byId = exchangesById(exchanges)
  const bytes = stopped.flatMap(({ spanId }) => byId.get(spanId)?.responseBytes ?? [])
  return bytes.length === 0 ? undefined : bytes.reduce((one, other) => one + other)
}

function medianOf(sorted: readonly number[]): number | undefined {
  const middle = sorted.length >> 1
  const [one, other] = [sorted[middle - 1], sorted[middle]]
  if (other === undefined) return undefined
  return sorted.length % 2 === 1 || one === undefined ? other : (one + other) / 2
}
