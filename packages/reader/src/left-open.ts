import type { Session } from './read-session.js'
import type { Span } from './read-spans.js'
import type { SessionRun } from './session-runs.js'

/**
 * What became of a thing that has no end of its own. `running`: its run goes on, and it can still
 * end; `died`: so did its run; `ended`: its run ended without it.
 */
export type LeftOpen = 'running' | 'died' | 'ended'

/** How a span without an end was left, by the run that it belongs to. */
export function leftOpenBy(
  session: Pick<Session, 'spans' | 'runs' | 'ended'>,
  span: Span,
): LeftOpen {
  const ended = runOf(session, span)?.ended ?? session.ended
  return ended === 'running' || ended === 'died' ? ended : 'ended'
}

function runOf(
  { spans, runs }: Pick<Session, 'spans' | 'runs'>,
  span: Span,
): SessionRun | undefined {
  const byId = new Map(runs.map((run) => [run.id, run]))
  const seen = new Set<string>()
  // Ids come from a file: two spans could name each other as parents.
  for (let id: string | undefined = span.spanId; id !== undefined && !seen.has(id); ) {
    const run = byId.get(id)
    if (run !== undefined) return run
    seen.add(id)
    id = spans.get(id)?.parentSpanId
  }
  return undefined
}
