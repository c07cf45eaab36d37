import type { LeftOpen, SessionRun } from '@tacho/model'
import { SPAN_DEPTH } from './limits.js'
import type { Session } from './read-session.js'
import type { Span } from './read-spans.js'

/** Returns the state of a span without an end, from its run. */
export function leftOpenBy(
  session: Pick<Session, 'spans' | 'runs' | 'ended'>,
  span: Span,
): LeftOpen {
  const ended = runOf(session, span)?.ended ?? session.ended
  return ended === 'running' || ended === 'died' ? ended : 'ended'
}

/** Returns the run of a span; undefined if no span above it is one. */
export function runOf(
  { spans, runs }: Pick<Session, 'spans' | 'runs'>,
  span: Span,
): SessionRun | undefined {
  const byId = runsById(runs)
  const lineage = [span, ...ancestorsOf(spans, span)]
  for (const { spanId } of lineage) {
    const run = byId.get(spanId)
    if (run !== undefined) return run
  }
  return byId.get(lineage.at(-1)?.parentSpanId ?? '')
}

const indexed = new WeakMap<readonly SessionRun[], Map<string, SessionRun>>()

// Looked up for each span of a session.
function runsById(runs: readonly SessionRun[]): Map<string, SessionRun> {
  const held = indexed.get(runs) ?? new Map(runs.map((run) => [run.id, run]))
  indexed.set(runs, held)
  return held
}

/**
 * Returns the spans above one, the nearest first, at most {@link SPAN_DEPTH}. Ids come from a file:
 * two spans could name each other as parents.
 */
export function ancestorsOf(spans: ReadonlyMap<string, Span>, span: Span): Span[] {
  const ancestors: Span[] = []
  const seen = new Set([span.spanId])
  let parent = spans.get(span.parentSpanId ?? '')
  while (parent !== undefined && !seen.has(parent.spanId) && ancestors.length < SPAN_DEPTH) {
    seen.add(parent.spanId)
    ancestors.push(parent)
    parent = spans.get(parent.parentSpanId ?? '')
  }
  return ancestors
}
