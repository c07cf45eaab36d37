import type { Manifest, Run } from '@tacho/format'
import { isAlive } from './is-alive.js'
import { isoOfMicros, microsOfIso } from './micros.js'
import { numberAttribute, type Span, textAttribute } from './read-spans.js'

/** How a session or a run ended. `died`: without a word, as after a `kill -9`. */
export type Ended = 'completed' | 'failed' | 'signalled' | 'died' | 'running'

/** A start of the agent in this session, as far as manifest and spans tell of it. */
export type SessionRun = {
  id: string
  /** ISO 8601. */
  startedAt?: string
  endedAt?: string
  ended: Ended
  exitCode?: number
  signal?: string
  /** The version of Tacho that recorded it. */
  tacho?: string
  agentVersion?: string
  pid?: number
  command?: string
  argv?: string[]
  cwd?: string
  lost?: Record<string, number>
  faults?: Record<string, number>
  debugLog?: string
}

/**
 * The runs of a session, oldest first. The manifest names them; what it does not tell (it can be
 * missing, or older than the logs) is taken from the `session` spans.
 */
export function sessionRuns(
  manifest: Manifest | undefined,
  spans: ReadonlyMap<string, Span>,
): SessionRun[] {
  const named = (manifest?.runs ?? []).map((run) => runOfManifest(run, spans.get(run.id)))
  const known = new Set(named.map((run) => run.id))
  const others = [...spans.values()]
    .filter((span) => span.name === 'session' && !known.has(span.spanId))
    .map(runOfSpan)
  return [...named, ...others].sort((one, other) => startOf(one) - startOf(other))
}

/** How the session as a whole stands: running while any run is, else as its last run ended. */
export function endedOf(runs: readonly SessionRun[]): Ended {
  if (runs.some((run) => run.ended === 'running')) return 'running'
  return runs.at(-1)?.ended ?? 'died'
}

function runOfManifest(run: Run, span: Span | undefined): SessionRun {
  const { id, argv, lost, faults, debugLog, agentVersion, pid } = run
  const startedAt = run.startedAt || startTimeOf(span)
  return {
    id,
    argv,
    pid,
    ...(startedAt && { startedAt }),
    ...(run.tacho && { tacho: run.tacho }),
    ...(run.command && { command: run.command }),
    ...(run.cwd && { cwd: run.cwd }),
    ...(agentVersion !== undefined && { agentVersion }),
    ...(lost !== undefined && { lost }),
    ...(faults !== undefined && { faults }),
    ...(debugLog !== undefined && { debugLog }),
    ...endOfRun(run, span),
  }
}

function runOfSpan(span: Span): SessionRun {
  const startedAt = startTimeOf(span)
  const end = span.endedAt === undefined ? { ended: 'died' as const } : endOfSpan(span)
  return { id: span.spanId, ...(startedAt && { startedAt }), ...end }
}

type End = Pick<SessionRun, 'ended' | 'endedAt' | 'exitCode' | 'signal'>

function endOfRun(run: Run, span: Span | undefined): End {
  const { endedAt, ended } = run
  if (endedAt !== undefined || ended !== undefined) {
    const exitCode = ended !== undefined && 'exitCode' in ended ? ended.exitCode : undefined
    const signal = ended !== undefined && 'signal' in ended ? ended.signal : undefined
    return { ...(endedAt !== undefined && { endedAt }), ...endWith(exitCode, signal) }
  }
  if (span?.endedAt !== undefined) return endOfSpan(span)
  return { ended: isAlive(run.pid, run.pidStarted) ? 'running' : 'died' }
}

function endOfSpan(span: Span): End {
  const endedAt = isoOfMicros(span.endedAt ?? 0)
  const exitCode = numberAttribute(span, 'tacho.exit_code')
  const signal = textAttribute(span, 'tacho.signal')
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
