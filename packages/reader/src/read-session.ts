import { basename } from 'node:path'
import {
  type AgentIdentity,
  decodeAttributes,
  type GapRecord,
  type Manifest,
  SESSION_FILES,
  spanAbout,
  spanKindOf,
} from '@tacho/format'
import type { Ended, RecordedExchange, SessionExchange, SessionRun } from '@tacho/model'
import { chatFacts } from './chat-facts.js'
import { collectDamage, type Damage, type ReportDamage } from './damage.js'
import { exchangeOutcome } from './exchange-outcome.js'
import { known } from './known.js'
import { ancestorsOf } from './left-open.js'
import { SPAN_DEPTH } from './limits.js'
import { isoOfMicros } from './micros.js'
import { readManifest } from './read-manifest.js'
import type { Span } from './read-spans.js'
import { ReaderError } from './reader-error.js'
import { signsOfLife } from './running/signs-of-life.js'
import { reportManifest, reportMissingLogs } from './session-damage.js'
import {
  inSteps,
  type OnRecords,
  type SessionLogs,
  sessionLogs,
} from './session-index/session-logs.js'
import { endedOf, sessionRuns } from './session-runs.js'
import { usageOf } from './usage.js'

/** A session, read from its folder, without bodies. */
export type Session = {
  id: string
  folder: string
  agent: AgentIdentity
  /** ISO 8601; absent if nothing in the folder shows it. */
  startedAt?: string
  /** When its last run ended; absent if it is running or died. */
  endedAt?: string
  ended: Ended
  /** ISO 8601: the last sign of life in the logs. */
  lastSeenAt?: string
  /** Oldest first. */
  runs: SessionRun[]
  exchanges: SessionExchange[]
  spans: Map<string, Span>
  gaps: GapRecord[]
  damage: Damage[]
  /** Absent if the manifest is missing or broken; everything above is then from the logs alone. */
  manifest?: Manifest
}

/**
 * Reads a session. Memory use grows with the number of exchanges and spans, not with their bytes.
 *
 * @param on receives the records on the way.
 * @throws ReaderError `newer-format` if a later Tacho wrote the folder.
 */
export function readSession(folder: string, on: OnRecords = {}): Promise<Session> {
  const read = (report: ReportDamage) => sessionLogs(folder, report, on)
  return inSteps(sessionFrom(folder, { read }))
}

/** How to read the logs of a session. */
export type LogReading = {
  read: (report: ReportDamage) => Generator<undefined, SessionLogs>
  /** Reads what was left because it could still be in progress, once nobody writes any more. */
  end?: (report: ReportDamage) => void
  exchangeOf?: typeof withSpan
}

/** Makes a session from its manifest and its logs. */
export function* sessionFrom(
  folder: string,
  { read: logs, end, exchangeOf = withSpan }: LogReading,
): Generator<undefined, Session> {
  const damage: Damage[] = []
  const report = collectDamage(damage)
  const read = readManifest(folder)
  if ('format' in read) throw newerFormat(folder, read.format)
  reportManifest(read, report)
  reportMissingLogs(folder, read, report)
  const manifest = 'manifest' in read ? read.manifest : undefined
  const { spans, story } = yield* logs(report)
  const runsNow = (): SessionRun[] => sessionRuns(manifest, spans, signsOfLife(folder))
  let runs = runsNow()
  if (end !== undefined && endedOf(runs) !== 'running') {
    end(report)
    runs = runsNow()
  }
  reportDepth(spans, report)
  const { exchanges, gaps } = story
  const ended = endedOf(runs)
  const endedAt = runs.at(-1)?.endedAt
  const startedAt = manifest?.startedAt || runs[0]?.startedAt || exchanges[0]?.startedAt
  const lastSeenAt = isoOfMicros(lastSign(spans.values(), exchanges))
  return {
    id: basename(folder),
    folder,
    agent: manifest?.agent ?? agentOf(spans.values()),
    ...(startedAt && { startedAt }),
    ...(ended !== 'running' && endedAt !== undefined && { endedAt }),
    ended,
    ...(lastSeenAt !== undefined && { lastSeenAt }),
    runs,
    exchanges: exchanges.map((exchange) => exchangeOf(exchange, spans.get(exchange.id), spans)),
    spans,
    gaps,
    damage,
    ...(manifest !== undefined && { manifest }),
  }
}

// For spans nested deeper than this, run and turn are not looked up.
function reportDepth(spans: ReadonlyMap<string, Span>, report: ReportDamage): void {
  const depths = new Map<string, number>()
  for (const { spanId, parentSpanId } of spans.values()) {
    const depth = (depths.get(parentSpanId ?? '') ?? 0) + 1
    depths.set(spanId, depth)
    if (depth <= SPAN_DEPTH) continue
    const reason = `spans are nested deeper than ${SPAN_DEPTH}: not all of them are placed`
    report({ file: SESSION_FILES.meta, lines: 0, reason })
    return
  }
}

/**
 * Refuses a folder that a later Tacho wrote, because its contents may mean something else.
 *
 * @throws ReaderError `newer-format`
 */
export function refuseNewerFormat(folder: string): void {
  const read = readManifest(folder)
  if ('format' in read) throw newerFormat(folder, read.format)
}

/** Makes the error for a folder with a format from the future. */
export function newerFormat(folder: string, format: number): ReaderError {
  return new ReaderError(
    'newer-format',
    `${folder} has format ${format} and needs a newer Tacho. Update it and try again.`,
  )
}

/** Returns the agent if only the spans show it: a turn's span is named after it. */
export function agentOf(spans: Iterable<Span>): { name: string; version?: string } {
  let name: string | undefined
  for (const span of spans) {
    const kind = spanKindOf(span)
    if (kind === 'session') {
      const { agent, agentVersion } = decodeAttributes('session', span.attributes)
      if (agent !== undefined) return { name: agent, ...known({ version: agentVersion }) }
    } else if (kind === 'invoke_agent') {
      const { agent } = decodeAttributes('invoke_agent', span.attributes)
      name ??= agent ?? (spanAbout(span.name) || undefined)
    }
  }
  return { name: name ?? 'unknown' }
}

/** Combines an exchange of the raw log with the facts of its span, if it has one. */
export function withSpan(
  exchange: RecordedExchange,
  span: Span | undefined,
  spans: ReadonlyMap<string, Span>,
): SessionExchange {
  const told = chatFacts(span)
  const model =
    told.responseModel ?? told.requestModel ?? (spanAbout(span?.name ?? '') || undefined)
  // Over a WebSocket there is none, unless an error names one.
  const status = exchange.status ?? told.status
  const { error: _, ...rest } = exchange
  return {
    ...rest,
    ...known({ status, model, usage: usageOf(span) }),
    ...placeOf(exchange, span, spans),
    ...exchangeOutcome(exchange, span),
  }
}

/**
 * Returns the turn that an exchange belongs to, and its thread, if its request names no turn: its
 * span is within the turn's.
 */
function placeOf(
  { threadId, turnId }: RecordedExchange,
  span: Span | undefined,
  spans: ReadonlyMap<string, Span>,
): Pick<RecordedExchange, 'threadId' | 'turnId'> {
  if (turnId !== undefined || span === undefined) return {}
  const turn = ancestorsOf(spans, span).find((one) => spanKindOf(one) === 'invoke_agent')
  if (turn === undefined) return {}
  const told = decodeAttributes('session', turn.attributes)
  return known({ threadId: threadId ?? told.threadId, turnId: told.turnId })
}

function lastSign(spans: Iterable<Span>, exchanges: readonly RecordedExchange[]): number {
  let last = Number.NaN
  const see = (micros: number): void => {
    if (!(micros <= last)) last = micros
  }
  for (const span of spans) see(span.endedAt ?? span.startedAt)
  for (const { startedMicros, lastAt } of exchanges) if (startedMicros) see(startedMicros + lastAt)
  return last
}
