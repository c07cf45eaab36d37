import { approvalsOf } from '../../approvals.js'
import { cancellationsOf } from '../../cancellations.js'
import { microsOfIso } from '../../micros.js'
import type { Session, SessionExchange } from '../../read-session.js'
import type { Span } from '../../read-spans.js'
import type { Timed } from './lanes.js'

/** A thing on a track, with what is told of it when it is clicked. */
export type Slice = Timed & { name: string; args: Record<string, unknown> }

/** What happened in a session, kind by kind, in the order in which the kinds are shown. */
export function slicesOf(session: Session): { kind: string; slices: Slice[] }[] {
  const last = lastMoment(session)
  const spans = (prefix: string) =>
    [...session.spans.values()]
      .filter(({ name }) => name === prefix || name.startsWith(`${prefix} `))
      .map((span) => spanSlice(span, last))
  return [
    { kind: 'runs', slices: spans('session') },
    { kind: 'turns', slices: spans('invoke_agent') },
    { kind: 'approvals', slices: approvalSlices(session, last) },
    { kind: 'tools', slices: spans('execute_tool') },
    { kind: 'exchanges', slices: session.exchanges.map((one) => exchangeSlice(one, last)) },
    { kind: 'streams', slices: session.exchanges.flatMap(streamSlice) },
    { kind: 'cancellations', slices: cancellationSlices(session, last) },
    { kind: 'gaps', slices: gapSlices(session) },
  ]
}

/** The last sign of life: what is open lasts until then. */
function lastMoment({ lastSeenAt, endedAt, startedAt }: Session): number {
  return microsOfIso(lastSeenAt ?? endedAt ?? startedAt ?? '') ?? 0
}

function spanSlice(span: Span, last: number): Slice {
  const { name, spanId, startedAt, endedAt, attributes } = span
  return {
    name,
    startedAt,
    endedAt: endedAt ?? last,
    args: { spanId, ...attributes, ...(endedAt === undefined && { 'in flight': true }) },
  }
}

function exchangeSlice(exchange: SessionExchange, last: number): Slice {
  const { number, id, state, status, model, usage, url, method, error } = exchange
  const { requestBytes, responseBytes, startedMicros: startedAt, durationMs } = exchange
  const what = model ?? `${method} ${url.replace(/^https?:\/\/[^/]*/, '')}`
  return {
    name: `${number} ${what}${state === 'completed' ? '' : ` (${state})`}`,
    startedAt,
    endedAt: durationMs === undefined ? last : startedAt + durationMs * 1000,
    args: { id, state, status, url, requestBytes, responseBytes, ...usage, error },
  }
}

// From the first byte of an answer to the last.
function streamSlice(exchange: SessionExchange): Slice[] {
  const { number, id, startedMicros, firstChunkMs, lastAt, chunks, responseBytes } = exchange
  if (firstChunkMs === undefined) return []
  return [
    {
      name: `${number} stream`,
      startedAt: startedMicros + firstChunkMs * 1000,
      endedAt: startedMicros + Math.max(lastAt, firstChunkMs * 1000),
      args: { id, chunks, responseBytes, firstChunkMs },
    },
  ]
}

function approvalSlices(session: Session, last: number): Slice[] {
  return approvalsOf(session).map((approval) => {
    const { kind, what, decision, decidedBy, askedAt, waitMs } = approval
    return {
      name: `${what ?? kind}: ${decision ?? 'no answer'}${decidedBy ? ` by ${decidedBy}` : ''}`,
      startedAt: askedAt,
      endedAt: waitMs === undefined ? last : askedAt + waitMs * 1000,
      args: { ...approval },
    }
  })
}

function cancellationSlices(session: Session, last: number): Slice[] {
  return cancellationsOf(session).map((cancellation) => {
    const { origin = 'unknown', reason = '', wishedAt, releasedAt } = cancellation
    return {
      name: `${origin}: ${reason}`,
      startedAt: wishedAt,
      endedAt: releasedAt ?? last,
      args: { ...cancellation },
    }
  })
}

function gapSlices({ gaps }: Session): Slice[] {
  return gaps.map((gap) => {
    const startedAt = microsOfIso(gap.since) ?? 0
    const endedAt = microsOfIso(gap.time) ?? startedAt
    return { name: `lost: ${gap.reason}`, startedAt, endedAt, args: { ...gap.lost } }
  })
}
