import { lengthOf, SESSION_FILES } from '@tacho/format'
import { microsOfIso } from '../../micros.js'
import { rawRecordOf } from '../../raw-record-of.js'
import { readLog } from '../../read-log.js'
import type { Session } from '../../read-session.js'
import { lanesOf } from './lanes.js'
import { type Slice, slicesOf } from './slices.js'

/** An event of the Trace Event Format, which Perfetto and Chrome read (its "JSON Array Format"). */
type TraceEvent = {
  /** `X` with a duration, `i` at a moment, `C` a counter, `M` a name. */
  ph: 'X' | 'i' | 'C' | 'M'
  name: string
  pid: number
  tid?: number
  /** Microseconds from the start of the session. */
  ts?: number
  dur?: number
  s?: 't'
  args?: Record<string, unknown>
}

const PID = 1

/** Between the numbers of the tracks of two kinds: more at once are not shown apart. */
const TRACKS_A_KIND = 1000

/**
 * A session in Perfetto's JSON form, piece by piece: a track for turns, exchanges, streams, tools,
 * approvals, cancellations and gaps, with more of a kind where there are several at once; and how
 * many bytes of answers had arrived. What was in flight lasts to the last sign of life.
 */
export function* perfettoTrace(session: Session): Generator<string> {
  yield '{"displayTimeUnit":"ms","traceEvents":[\n'
  let isFirst = true
  for (const event of traceEvents(session)) {
    yield `${isFirst ? '' : ',\n'}${JSON.stringify(event)}`
    isFirst = false
  }
  yield '\n]}\n'
}

function* traceEvents(session: Session): Generator<TraceEvent> {
  const kinds = slicesOf(session)
  const zero = microsOfIso(session.startedAt ?? '') ?? firstStart(kinds)
  yield named('process_name', `${session.agent.name} ${session.id}`)
  for (const [index, { kind, slices }] of kinds.entries()) {
    const lanes = lanesOf(slices)
    const tidOf = (lane: number) => 1 + index * TRACKS_A_KIND + Math.min(lane, TRACKS_A_KIND - 1)
    for (const lane of new Set(lanes)) {
      yield named('thread_name', lane === 0 ? kind : `${kind} ${lane + 1}`, tidOf(lane))
      yield { ...named('thread_sort_index', '', tidOf(lane)), args: { sort_index: tidOf(lane) } }
    }
    for (const [at, slice] of slices.entries()) {
      yield sliceEvent(slice, tidOf(lanes[at] ?? 0), zero)
    }
  }
  yield* arrivals(session, zero)
}

function sliceEvent({ name, startedAt, endedAt, args }: Slice, tid: number, zero: number) {
  const ts = startedAt - zero
  return { ph: 'X' as const, name, pid: PID, tid, ts, dur: Math.max(0, endedAt - startedAt), args }
}

function named(what: string, name: string, tid?: number): TraceEvent {
  return { ph: 'M', name: what, pid: PID, ...(tid !== undefined && { tid }), args: { name } }
}

function firstStart(kinds: readonly { slices: Slice[] }[]): number {
  const starts = kinds.flatMap(({ slices }) => slices.map(({ startedAt }) => startedAt))
  return starts.reduce((least, one) => Math.min(least, one), starts[0] ?? 0)
}

/** A counter that grows with each chunk of an answer: a stream that stands still is a plateau. */
function* arrivals({ folder, exchanges }: Session, zero: number): Generator<TraceEvent> {
  const startOf = new Map(exchanges.map(({ id, startedMicros }) => [id, startedMicros]))
  let bytes = 0
  for (const { value } of readLog(folder, SESSION_FILES.raw, () => {})) {
    const record = rawRecordOf(value)
    if (typeof record === 'string' || record.kind !== 'chunk') continue
    bytes += lengthOf(record.content)
    const start = startOf.get(record.exchange)
    if (start === undefined) continue
    const ts = start + record.at - zero
    yield { ph: 'C', name: 'bytes of answers', pid: PID, ts, args: { bytes } }
  }
}
