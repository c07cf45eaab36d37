import { decodeAttributes, type Manifest, type Run } from '@tacho/format'
import type { Ended, SessionRun } from '@tacho/model'
import { known } from './known.js'
import { isoOfMicros, microsOfIso } from './micros.js'
import { type Span, spansOfKind } from './read-spans.js'
import type { SignsOfLife } from './running/signs-of-life.js'

/**
 * Returns the runs of a session, oldest first. The manifest lists them; what it lacks (it can be
 * missing, or older than the logs) comes from the `session` spans.
 *
 * @param signs say of a run without an end in either whether it is still going on, and what the
 *   events tell of its end.
 */
export function sessionRuns(
  manifest: Manifest | undefined,
  spans: ReadonlyMap<string, Span>,
  signs: Signs,
): SessionRun[] {
  const named = (manifest?.runs ?? []).map((run) => runOfManifest(run, spans.get(run.id), signs))
  const ids = new Set(named.map((run) => run.id))
  const others = spansOfKind(spans, 'session')
    .filter(({ spanId }) => !ids.has(spanId))
    .map((span) => runOfSpan(span, signs))
  return [...named, ...others].sort((one, other) => startOf(one) - startOf(other))
}

/** Returns the state of the whole session: running while any run is, else as its last run ended. */
export function endedOf(runs: readonly SessionRun[]): Ended {
  if (runs.some((run) => run.ended === 'running')) return 'running'
  return runs.at(-1)?.ended ?? 'died'
}

function runOfManifest(run: Run, span: Span | undefined, signs: Signs): SessionRun {
  const { id, argv, lost, faults, debugLog, scrubbed, pid } = run
  // If a session died, its span can be newer than its manifest.
  const agentVersion =
    run.agentVersion ?? decodeAttributes('session', span?.attributes ?? {}).agentVersion
  const startedAt = run.startedAt || startTimeOf(span)
  return {
    id,
    argv,
    // A salvage writes 0 for what it does not know.
    ...(pid > 0 && { pid }),
    ...(startedAt && { startedAt }),
    ...(run.tacho && { tacho: run.tacho }),
    ...(run.command && { command: run.command }),
    ...(run.cwd && { cwd: run.cwd }),
    ...(agentVersion !== undefined && { agentVersion }),
    ...(lost !== undefined && { lost }),
    ...(faults !== undefined && { faults }),
    ...(debugLog !== undefined && { debugLog }),
    ...(scrubbed !== undefined && { scrubbed }),
    ...endOfRun(run, span, signs),
  }
}

function runOfSpan(span: Span, signs: Signs): SessionRun {
  const startedAt = startTimeOf(span)
  const end = span.endedAt === undefined ? openEnd(span.spanId, undefined, signs) : endOfSpan(span)
  const { agentVersion, command, cwd, tacho, pid } = decodeAttributes('session', span.attributes)
  return {
    id: span.spanId,
    ...(startedAt && { startedAt }),
    ...known({ agentVersion, command, cwd, tacho, pid }),
    ...end,
  }
}

type Signs = Pick<SignsOfLife, 'lives' | 'endOf'>

type End = Pick<SessionRun, 'ended' | 'endedAt' | 'exitCode' | 'signal'>

function endOfRun(run: Run, span: Span | undefined, signs: Signs): End {
  const { endedAt, ended } = run
  if (endedAt !== undefined || ended !== undefined) {
    const exitCode = ended !== undefined && 'exitCode' in ended ? ended.exitCode : undefined
    const signal = ended !== undefined && 'signal' in ended ? ended.signal : undefined
    return { ...(endedAt !== undefined && { endedAt }), ...endWith(exitCode, signal) }
  }
  if (span?.endedAt !== undefined) return endOfSpan(span)
  return openEnd(run.id, run, signs)
}

function openEnd(id: string, recorder: Run | undefined, { lives, endOf }: Signs): End {
  if (lives(recorder)) return { ended: 'running' }
  const event = endOf(id)
  if (event === undefined) return { ended: 'died' }
  return { endedAt: event.time, ...endWith(event.exitCode, event.signal) }
}

function endOfSpan(span: Span): End {
  const endedAt = isoOfMicros(span.endedAt ?? 0)
  const { exitCode, signal } = decodeAttributes('session', span.attributes)
  return { ...(endedAt !== undefined && { endedAt }), ...endWith(exitCode, signal) }
}

function endWith(exitCode: number | undefined, signal: string | undefined): End {
  if (signal !== undefined) return { ended: 'signalled', signal }
  if (exitCode === undefined) return { ended: 'completed' }
  return { ended: exitCode === 0 ? 'completed' : 'failed', exitCode }
}

function startTimeOf(span: Span | undefined): string | undefined {
  return span === undefined ? undefined : isoOfMicros(span.startedAt)
}

function startOf(run: SessionRun): number {
  return microsOfIso(run.startedAt ?? '') ?? 0
}
