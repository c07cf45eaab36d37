import { basename } from 'node:path'
import { type GapRecord, type Manifest, SESSION_FILES } from '@tacho/format'
import type { Outcome } from '@tacho/model'
import { collectDamage, type Damage } from './damage.js'
import { exchangeOutcome, type SessionExchangeError } from './exchange-outcome.js'
import { isoOfMicros } from './micros.js'
import { type Exchange, readExchanges } from './read-exchanges.js'
import { readManifest } from './read-manifest.js'
import { numberAttribute, readSpans, type Span, textAttribute } from './read-spans.js'
import { ReaderError } from './reader-error.js'
import { type Ended, endedOf, type SessionRun, sessionRuns } from './session-runs.js'
import { type Usage, usageOf } from './usage.js'

/** A session, read from its folder, without bodies. */
export type Session = {
  id: string
  folder: string
  agent: { name: string; version?: string }
  /** ISO 8601; not there where nothing in the folder tells. */
  startedAt?: string
  /** When its last run ended; not there where it is running or died. */
  endedAt?: string
  ended: Ended
  /** ISO 8601 of the last sign of life in the logs. */
  lastSeenAt?: string
  /** Oldest first. */
  runs: SessionRun[]
  exchanges: SessionExchange[]
  spans: Map<string, Span>
  gaps: GapRecord[]
  damage: Damage[]
  /** Not there where the manifest is missing or broken; all above is then from the logs alone. */
  manifest?: Manifest
}

/** An exchange together with what its `chat` span tells. */
export type SessionExchange = Omit<Exchange, 'error'> & {
  model?: string
  usage?: Usage
  /** How it was answered; not there where nobody told, or where it was in flight. */
  outcome?: Outcome
  /** Why it did not go well; not there where it did. */
  error?: SessionExchangeError
}

/**
 * Reads a session. Memory grows with the number of exchanges and spans, not with their bytes.
 *
 * @throws ReaderError `newer-format` where the folder was written by a later Tacho.
 */
export async function readSession(folder: string): Promise<Session> {
  const damage: Damage[] = []
  const report = collectDamage(damage)
  const read = readManifest(folder)
  if ('problem' in read) {
    if (read.problem === 'newer') throw newerFormat(folder, read.format)
    report({ file: SESSION_FILES.manifest, lines: 0, reason: read.reason })
  }
  const manifest = 'manifest' in read ? read.manifest : undefined
  const spans = readSpans(folder, report)
  const { exchanges, gaps } = await readExchanges(folder, report)
  const runs = sessionRuns(manifest, spans)
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
    exchanges: exchanges.map((exchange) => withSpan(exchange, spans.get(exchange.id))),
    spans,
    gaps,
    damage,
    ...(manifest !== undefined && { manifest }),
  }
}

/** The error for a folder of a format from the future. */
export function newerFormat(folder: string, format: number): ReaderError {
  return new ReaderError(
    'newer-format',
    `${folder} has format ${format} and needs a newer Tacho. Update it and try again.`,
  )
}

/** The agent's name, where only the spans can tell: a turn's span is named after it. */
export function agentOf(spans: Iterable<Span>): { name: string } {
  for (const span of spans) {
    if (span.name.startsWith('invoke_agent ')) return { name: span.name.slice(13) }
    const name = textAttribute(span, 'gen_ai.agent.name')
    if (name !== undefined) return { name }
  }
  return { name: 'unknown' }
}

function withSpan(exchange: Exchange, span: Span | undefined): SessionExchange {
  const model =
    textAttribute(span, 'gen_ai.response.model') ?? textAttribute(span, 'gen_ai.request.model')
  const usage = usageOf(span)
  // Over a WebSocket there is none, but where an error names one.
  const status = exchange.status ?? numberAttribute(span, 'http.response.status_code')
  const { error: _, ...rest } = exchange
  return {
    ...rest,
    ...(status !== undefined && { status }),
    ...(model !== undefined && { model }),
    ...(usage && { usage }),
    ...exchangeOutcome(exchange, span),
  }
}

function lastSign(spans: Iterable<Span>, exchanges: readonly Exchange[]): number {
  let last = Number.NaN
  const see = (micros: number): void => {
    if (!(micros <= last)) last = micros
  }
  for (const span of spans) see(span.endedAt ?? span.startedAt)
  for (const { startedMicros, lastAt } of exchanges) if (startedMicros) see(startedMicros + lastAt)
  return last
}
