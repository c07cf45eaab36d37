import type { GapRecord } from '@tacho/format'
import { microsOfIso } from './micros.js'
import type { Session, SessionExchange } from './read-session.js'
import { type Span, textAttribute } from './read-spans.js'
import type { SessionRun } from './session-runs.js'

/** Something that happened in a session, at its time (microseconds since 1970). */
export type TimelineEntry = { at: number; depth: number } & (
  | { kind: 'run'; run: SessionRun; number: number }
  | { kind: 'turn'; span: Span; number: number }
  | { kind: 'exchange'; exchange: SessionExchange }
  | { kind: 'span'; span: Span }
  | { kind: 'gap'; gap: GapRecord }
)

/**
 * What happened in a session, in the order of its beginnings. `depth` says in how many spans of the
 * time line an entry stands. Left out are spans that only repeat an exchange: its `chat` span and
 * the HTTP request below that.
 */
export function timelineOf(session: Session): TimelineEntry[] {
  const exchangeIds = new Set(session.exchanges.map((exchange) => exchange.id))
  const tree = spanTree(session, exchangeIds)
  const entries: TimelineEntry[] = [
    ...session.runs.map((run, index) => runEntry(run, index + 1)),
    ...tree.shown.map((span) => spanEntry(span, tree.depthOf(span))),
    ...session.exchanges.map((exchange) => exchangeEntry(exchange, session, tree)),
    ...session.gaps.map((gap) => ({
      kind: 'gap' as const,
      at: microsOfIso(gap.since) ?? 0,
      depth: 0,
      gap,
    })),
  ]
  entries.sort((one, other) => one.at - other.at || one.depth - other.depth)
  return numberTurns(entries)
}

type SpanTree = { shown: Span[]; depthOf: (span: Span) => number; turnDepth: Map<string, number> }

function spanTree({ spans }: Session, exchangeIds: ReadonlySet<string>): SpanTree {
  const turnDepth = new Map<string, number>()
  const ancestorsOf = (span: Span): Span[] => {
    const ancestors: Span[] = []
    const seen = new Set([span.spanId])
    let parent = spans.get(span.parentSpanId ?? '')
    // Ids come from a file: two spans could name each other as parents.
    while (parent !== undefined && !seen.has(parent.spanId)) {
      seen.add(parent.spanId)
      ancestors.push(parent)
      parent = spans.get(parent.parentSpanId ?? '')
    }
    return ancestors
  }
  const depthOf = (span: Span): number =>
    ancestorsOf(span).filter((ancestor) => ancestor.name !== 'session').length
  const shown = [...spans.values()].filter(
    (span) =>
      span.name !== 'session' &&
      !exchangeIds.has(span.spanId) &&
      !isHttpRequest(span, exchangeIds) &&
      !ancestorsOf(span).some((ancestor) => exchangeIds.has(ancestor.spanId)),
  )
  for (const span of shown) {
    const turn = span.attributes['tacho.turn.id']
    if (isTurn(span) && typeof turn === 'string') turnDepth.set(turn, depthOf(span))
  }
  return { shown, depthOf, turnDepth }
}

function runEntry(run: SessionRun, number: number): TimelineEntry {
  return { kind: 'run', at: microsOfIso(run.startedAt ?? '') ?? 0, depth: 0, run, number }
}

function spanEntry(span: Span, depth: number): TimelineEntry {
  const at = span.startedAt
  return isTurn(span)
    ? { kind: 'turn', at, depth, span, number: 0 }
    : { kind: 'span', at, depth, span }
}

// An exchange that died before its span was written is placed by the turn that its request names.
function exchangeEntry(
  exchange: SessionExchange,
  { spans }: Session,
  tree: SpanTree,
): TimelineEntry {
  const span = spans.get(exchange.id)
  const turnDepth = tree.turnDepth.get(exchange.turnId ?? '')
  const depth =
    span !== undefined ? tree.depthOf(span) : turnDepth === undefined ? 0 : turnDepth + 1
  return { kind: 'exchange', at: exchange.startedMicros, depth, exchange }
}

function numberTurns(entries: TimelineEntry[]): TimelineEntry[] {
  let number = 0
  for (const entry of entries) {
    if (entry.kind === 'turn') {
      number += 1
      entry.number = number
    }
  }
  return entries
}

// Of a request that is none to a model, there is no `chat` span above it.
function isHttpRequest(span: Span, exchangeIds: ReadonlySet<string>): boolean {
  return span.kind === CLIENT && exchangeIds.has(textAttribute(span, 'tacho.exchange.id') ?? '')
}

const CLIENT = 3

function isTurn(span: Span): boolean {
  return span.name === 'invoke_agent' || span.name.startsWith('invoke_agent ')
}
