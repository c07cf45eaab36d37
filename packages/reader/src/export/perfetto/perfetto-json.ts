import type { Session } from '../../read-session.js'
import { arrivalsOf } from './arrivals.js'
import { type Slice, slicesOf } from './slices.js'
import { PROCESS, type TraceEvent } from './trace-event.js'
import { type Track, tracksOf } from './tracks.js'

/**
 * Yields a session as a JSON trace for Perfetto and chrome://tracing. Times count from the
 * session's start; memory use grows with exchanges and spans, not with chunks.
 *
 * @param onBytes receives how many bytes of the raw log are done.
 */
export function* perfettoJson(
  session: Session,
  onBytes: (bytes: number) => void = () => undefined,
): Generator<string> {
  const { id, agent, startedAt } = session
  const otherData = { session: id, agent: agent.name, startedAt: startedAt ?? null }
  yield `{"displayTimeUnit":"ms","otherData":${JSON.stringify(otherData)},"traceEvents":[`
  let separator = '\n'
  for (const event of traceEvents(session, onBytes)) {
    yield separator + JSON.stringify(event)
    separator = ',\n'
  }
  yield '\n]}\n'
}

function* traceEvents(session: Session, onBytes: (bytes: number) => void): Generator<TraceEvent> {
  const slices = slicesOf(session)
  const tracks = tracksOf(slices)
  const origin = originOf(slices)
  yield {
    ph: 'M',
    pid: PROCESS,
    tid: 0,
    name: 'process_name',
    args: { name: `${session.agent.name}, session ${session.id}` },
  }
  for (const track of tracks) yield* trackEvents(track, origin)
  yield* arrivalEvents(session, tracks, origin, onBytes)
}

// Without a valid time it is 0, so the origin is the first valid one.
function originOf(slices: readonly Slice[]): number {
  const starts = slices.filter(({ start }) => start > 0)
  return starts.reduce((least, { start }) => Math.min(least, start), starts[0]?.start ?? 0)
}

function* trackEvents({ id: tid, name, slices }: Track, origin: number): Generator<TraceEvent> {
  yield { ph: 'M', pid: PROCESS, tid, name: 'thread_name', args: { name } }
  yield { ph: 'M', pid: PROCESS, tid, name: 'thread_sort_index', args: { sort_index: tid } }
  for (const slice of slices) {
    const ts = Math.max(0, slice.start - origin)
    const dur = Math.max(0, slice.end - origin - ts)
    const { name: sliceName, category: cat, args } = slice
    yield { ph: 'X', pid: PROCESS, tid, cat, name: sliceName, ts, dur, args }
  }
}

function* arrivalEvents(
  { folder, exchanges }: Session,
  tracks: readonly Track[],
  origin: number,
  onBytes: (bytes: number) => void,
): Generator<TraceEvent> {
  const byId = new Map(exchanges.map((exchange) => [exchange.id, exchange]))
  const trackOf = new Map(
    tracks.flatMap(({ id, slices }) =>
      slices
        .filter(({ category }) => category === 'stream')
        .map(({ args }) => [args.exchange, id] as const),
    ),
  )
  for (const { exchange: id, at, bytes } of arrivalsOf(folder, onBytes)) {
    const exchange = byId.get(id)
    const tid = trackOf.get(id)
    if (exchange === undefined || tid === undefined) continue
    const ts = Math.max(0, exchange.startedMicros + at - origin)
    const args = { exchange: id, bytes }
    yield { ph: 'i', s: 't', pid: PROCESS, tid, cat: 'chunk', name: 'chunk', ts, args }
  }
}
