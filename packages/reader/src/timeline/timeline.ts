import type { GapRecord } from '@tacho/format'
import type {
  Approval,
  Cancellation,
  SessionExchange,
  SessionRun,
  Thread,
  Tool,
  Turn,
} from '@tacho/model'
import { microsOfIso } from '../micros.js'
import type { Session } from '../read-session.js'
import type { Span } from '../read-spans.js'
import { sessionParts } from '../session-parts.js'
import { type Block, Groups } from './groups.js'
import { Places } from './places.js'
import { shownSpans } from './shown-spans.js'

/** Something that happened in a session, with its time (microseconds since 1970). */
export type TimelineEntry = { at: number; depth: number } & (
  | { kind: 'run'; run: SessionRun; number: number }
  | { kind: 'turn'; span: Span; turn: Turn; thread: Thread }
  /** What a thread other than the user's does outside its turns. */
  | { kind: 'thread'; thread: Thread }
  | { kind: 'exchange'; exchange: SessionExchange }
  | { kind: 'tool'; span: Span; tool: Tool }
  | { kind: 'approval'; span: Span; approval: Approval }
  | { kind: 'cancellation'; span: Span; cancellation: Cancellation }
  /** Anything else. */
  | { kind: 'span'; span: Span }
  | { kind: 'gap'; gap: GapRecord }
)

/**
 * Returns what happened in a session: run by run, and in each run its turns, and what belongs to
 * none, in order of start. What belongs to a turn comes below it, even if turns of other threads
 * overlap. `depth` says how deeply an entry is nested. Spans that only repeat an exchange are left
 * out: its `chat` span and the HTTP request below that.
 */
export function timelineOf(session: Session, parts = sessionParts(session)): TimelineEntry[] {
  const places = new Places(session, parts)
  const groups = new Groups(session, parts)
  const alone: Block[] = []
  for (const { span, above, entry } of shownSpans(session, parts)) {
    const place = places.ofSpan(span)
    const group = groups.of(place)
    const depth = above + (group === undefined ? 0 : 1)
    if (group !== undefined) group.entries.push({ ...entry, depth })
    else alone.push({ at: entry.at, run: place.run, entries: [{ ...entry, depth }] })
  }
  for (const exchange of parts.exchanges) {
    const place = places.ofExchange(exchange)
    const at = exchange.startedMicros
    const group = groups.of(place)
    if (group !== undefined) group.entries.push({ kind: 'exchange', at, depth: 1, exchange })
    else alone.push({ at, run: place.run, entries: [{ kind: 'exchange', at, depth: 0, exchange }] })
  }
  for (const gap of session.gaps) {
    const at = microsOfIso(gap.since) ?? 0
    alone.push({ at, run: undefined, entries: [{ kind: 'gap', at, depth: 0, gap }] })
  }
  return runByRun(parts.runs, [...groups.blocks(), ...alone])
}

/** What does not say its run belongs to the one that had started last. */
function runByRun(runs: readonly SessionRun[], blocks: readonly Block[]): TimelineEntry[] {
  const starts = runs.map(({ startedAt }) => microsOfIso(startedAt ?? '') ?? 0)
  const ids = new Map(runs.map(({ id }, index) => [id, index]))
  const indexOf = ({ run, at }: Block): number =>
    ids.get(run ?? '') ??
    Math.max(
      0,
      starts.findLastIndex((start) => start <= at),
    )
  const ofRun = runs.map((run, index): TimelineEntry[] => [
    { kind: 'run', at: starts[index] ?? 0, depth: 0, run, number: index + 1 },
  ])
  if (ofRun.length === 0) ofRun.push([])
  for (const block of [...blocks].sort((one, other) => one.at - other.at))
    for (const entry of block.entries) ofRun[indexOf(block)]?.push(entry)
  return ofRun.flat()
}
