import { lstatSync } from 'node:fs'
import {
  type EndedExchanges,
  type Manifest,
  noneEnded,
  SESSION_FILES,
  SPAN_ATTRIBUTES,
  spanName,
} from '@tacho/format'
import type { Ended, SessionRun, Usage } from '@tacho/model'
import { collectDamage, type Damage } from './damage.js'
import type { FoundSession } from './found-session.js'
import { indexRawLog } from './index-raw-log.js'
import { namesIn } from './log-parts.js'
import { isoOfMicros, microsOfIso } from './micros.js'
import { promptsOf } from './prompts.js'
import type { RawIndex } from './raw-index.js'
import { readManifest } from './read-manifest.js'
import { agentOf } from './read-session.js'
import { readSpans, spansOfKind } from './read-spans.js'
import { signsOfLife } from './running/signs-of-life.js'
import { proveLines, reportManifest, reportMissingLogs } from './session-damage.js'
import { MARKING, marksOf, type SessionMarks } from './session-marks.js'
import { endedOf, sessionRuns } from './session-runs.js'
import { titleOf } from './titles.js'
import { totalUsage, usageOf } from './usage.js'

/** A summary of a session. */
export type SessionSummary = FoundSession & {
  agent: string
  /** Its title if `agent` stands for many (`acp`). */
  agentTitle?: string
  agentVersion?: string
  /** ISO 8601, for the first run. */
  startedAt?: string
  /** For the last run. */
  lastStartedAt?: string
  endedAt?: string
  /** Milliseconds during which the agent ran, in all runs; up to now if one is running. */
  durationMs?: number
  /** Absent if the folder has a newer format. */
  ended?: Ended
  exitCode?: number
  signal?: string
  cwd?: string
  /** Absent if the folder has a newer format. */
  exchanges?: ExchangeCounts
  usage: Usage
  /** The agent's title for it, if there is one. */
  title?: string
  /** The start of each prompt of the user, in order, as far as known. */
  prompts: string[]
  marks: SessionMarks
  /** Damage by the rule of `sessionDamage`, as far as a list checks: line by line. */
  damage: Damage[]
  /** The folder's format, if it needs a newer Tacho; hardly anything else is then known. */
  newerFormat?: number
}

/** Counts of exchanges by state; the connections of WebSockets are counted separately. */
export type ExchangeCounts = Required<EndedExchanges> & { inFlight: number }

/**
 * Summarizes a session without reading its bodies. If it ended, the counts come from its manifest;
 * otherwise from the raw log. Damage is checked line by line: what requires understanding the
 * records is left to those who read them.
 *
 * @param names in its folder, if they are known.
 */
export function summarize(
  found: FoundSession,
  names: readonly string[] = namesIn(found.folder),
): SessionSummary {
  const { folder } = found
  const damage: Damage[] = []
  const report = collectDamage(damage)
  const read = readManifest(folder)
  if ('format' in read) return unreadable(found, read.format)
  reportManifest(read, report)
  reportMissingLogs(folder, read, report, names)
  const manifest = 'manifest' in read ? read.manifest : undefined
  const spans = readSpans(folder, report, {
    names,
    isProving: true,
    ...(manifest !== undefined && { wanted: isTelling }),
  })
  proveLines(folder, SESSION_FILES.events, report, names)
  const index = indexRawLog(folder, report, names)
  const runs = sessionRuns(manifest, spans, signsOfLife(folder, names))
  const last = runs.at(-1)
  const ended = endedOf(runs)
  const startedAt = manifest?.startedAt || runs[0]?.startedAt || changedAt(folder)
  const lastStartedAt = last?.startedAt ?? startedAt
  const durationMs = durationOf(runs)
  const version = last?.agentVersion ?? manifest?.agent.version
  const agentTitle = manifest?.agent.title
  const agent = (manifest?.agent ?? agentOf(spans.values())).name
  const prompts = promptsOf(folder, index)
  const title = titleOf(folder, agent, index, prompts)
  return {
    ...found,
    agent,
    ...(agentTitle !== undefined && { agentTitle }),
    ...(version !== undefined && { agentVersion: version }),
    ...(startedAt && { startedAt }),
    ...(lastStartedAt && { lastStartedAt }),
    ...(ended !== 'running' && last?.endedAt !== undefined && { endedAt: last.endedAt }),
    ...(durationMs !== undefined && { durationMs }),
    ended,
    ...(last?.exitCode !== undefined && { exitCode: last.exitCode }),
    ...(last?.signal !== undefined && { signal: last.signal }),
    ...(last?.cwd !== undefined && { cwd: last.cwd }),
    exchanges: countsOf(index, manifest, runs),
    usage: totalUsage(spansOfKind(spans, 'chat').map(usageOf)),
    ...(title !== undefined && { title }),
    prompts,
    marks: marksOf(spans.values()),
    damage,
  }
}

function unreadable(found: FoundSession, newerFormat: number): SessionSummary {
  const lastStartedAt = changedAt(found.folder)
  return {
    ...found,
    agent: 'unknown',
    ...(lastStartedAt && { lastStartedAt }),
    usage: {},
    prompts: [],
    marks: marksOf([]),
    damage: [],
    newerFormat,
  }
}

const TELLING = [
  SPAN_ATTRIBUTES.chat.inputTokens.name,
  SPAN_ATTRIBUTES.chat.outputTokens.name,
  SPAN_ATTRIBUTES.chat.cacheReadTokens.name,
  `"name":"${spanName('session')}"`,
  ...MARKING,
].map((text) => Buffer.from(text))

// Of many hundred spans, a summary needs only a few.
function isTelling(line: Buffer): boolean {
  return TELLING.some((text) => line.includes(text))
}

function countsOf(
  index: RawIndex,
  manifest: Manifest | undefined,
  runs: readonly SessionRun[],
): ExchangeCounts {
  const isWhole = manifest?.runs.every(({ endedAt, ended }) => endedAt ?? ended) === true
  if (manifest !== undefined && isWhole && manifest.runs.length === runs.length) {
    return countsOfManifest(manifest)
  }
  const counts = { ...noneEnded(), inFlight: 0 }
  for (const { state, isConnection, isPrewarm } of index.exchanges) {
    if (isConnection) counts.connections += 1
    else counts[state ?? 'inFlight'] += 1
    if (isPrewarm) counts.prewarms += 1
  }
  return counts
}

function countsOfManifest({ runs }: Manifest): ExchangeCounts {
  const counts = { ...noneEnded(), inFlight: 0 }
  for (const { exchanges } of runs) {
    counts.completed += exchanges.completed
    counts.cancelled += exchanges.cancelled
    counts.failed += exchanges.failed
    counts.connections += exchanges.connections ?? 0
    counts.prewarms += exchanges.prewarms ?? 0
  }
  return counts
}

function durationOf(runs: readonly SessionRun[]): number | undefined {
  let total: number | undefined
  for (const { startedAt, endedAt, ended } of runs) {
    const from = microsOfIso(startedAt ?? '')
    const to = ended === 'running' ? Date.now() * 1000 : microsOfIso(endedAt ?? '')
    if (from !== undefined && to !== undefined) total = (total ?? 0) + Math.max(0, to - from) / 1000
  }
  return total
}

function changedAt(folder: string): string | undefined {
  const status = lstatSync(folder, { throwIfNoEntry: false })
  return status === undefined ? undefined : isoOfMicros(status.mtimeMs * 1000)
}
