import type { LeftOpen, SessionRun } from '@tacho/model'
import type { Session } from './read-session.js'
import type { Span } from './read-spans.js'

/** How a span without an end was left, by the run that it belongs to. */
export function leftOpenBy(
  session: Pick<Session, 'spans' | 'runs' | 'ended'>,
  span: Span,
): LeftOpen {
  const ended = runOf(session, span)?.ended ?? session.ended
  return ended === 'running' || ended === 'died' ? ended : 'ended'
}

/** The run in which a span was; nothing where none above it is one. */
export function runOf(
  { spans, runs }: Pick<Session, 'spans' | 'runs'>,
  span: Span,
): SessionRun | undefined {
  const byId = new Map(runs.map((run) => [run.id, run]))
  for (const { spanId } of [span, ...ancestorsOf(spans, span)]) {
    const run = byId.get(spanId)
    if (run !== undefined) return run
  }
  const top = [span, ...ancestorsOf(spans, span)].at(-1)
  return byId.get(top?.parentSpanId ?? '')
}

/** The spans above one, the nearest first. Ids come from a file: two could name each other as parents. */
export function ancestorsOf(spans: ReadonlyMap<string, Span>, span: Span): Span[] {
  const ancestors: Span[] = []
  const seen = new Set([span.spanId])
  let parent = spans.get(span.parentSpanId ?? '')
  while (parent !== undefined && !seen.has(parent.spanId)) {
    seen.add(parent.spanId)
    ancestors.push(parent)
    parent = spans.get(parent.parentSpanId ?? '')
  }
  return ancestors
}
