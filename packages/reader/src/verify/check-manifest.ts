import {
  type EndedExchanges,
  isCanonicalUuid,
  type Manifest,
  noneEnded,
  SESSION_FILES,
  traceIdOfUuid,
} from '@tacho/format'
import type { Damage, ReportDamage } from '../damage.js'
import type { EventChecks } from './check-events.js'
import type { RawChecks } from './check-raw-log.js'
import type { SpanChecks } from './check-spans.js'

/** What of the logs a manifest is compared with. */
export type LogsChecked = {
  raw: Pick<RawChecks, 'ended' | 'gaps'>
  spans: Pick<SpanChecks, 'spans' | 'lost'>
  events: Pick<EventChecks, 'runs' | 'lost'>
  damage: readonly Damage[]
}

/**
 * Compares a manifest with the logs. If these lost something or are damaged, they may contain less
 * than the manifest says, and the difference does not count.
 */
export function checkManifest(
  manifest: Manifest,
  { raw, spans, events, damage }: LogsChecked,
  report: ReportDamage,
): void {
  const wrong = (reason: string): void => report({ file: SESSION_FILES.manifest, lines: 0, reason })
  if (isCanonicalUuid(manifest.id) && manifest.traceId !== traceIdOfUuid(manifest.id)) {
    wrong('its trace id is not that of its session id')
  }
  const hasGap = raw.gaps.length > 0 || spans.lost.length > 0 || events.lost.length > 0
  if (hasGap || damage.length > 0) return
  for (const run of manifest.runs) {
    if (run.endedAt === undefined || run.lost !== undefined) continue
    const counted = raw.ended.get(run.id) ?? noneEnded()
    if (!isSame(run.exchanges, counted)) {
      wrong(`run ${run.id} counts ${words(run.exchanges)}, the log has ${words(counted)}`)
    }
    if (spans.spans.get(run.id)?.endedAt === undefined) {
      wrong(`run ${run.id} has ended, but its span in ${SESSION_FILES.meta} has not`)
    }
    // A run from before Tacho wrote events has none.
    if (events.runs.get(run.id)?.hasEnded === false) {
      wrong(`run ${run.id} has ended, but ${SESSION_FILES.events} does not tell of it`)
    }
  }
}

function isSame(one: EndedExchanges, other: EndedExchanges): boolean {
  return KINDS.every((kind) => (one[kind] ?? 0) === (other[kind] ?? 0))
}

function words(counts: EndedExchanges): string {
  const { completed, cancelled, failed, connections = 0, prewarms = 0 } = counts
  const exchanges = `${completed} completed, ${cancelled} cancelled, ${failed} failed exchanges`
  if (connections === 0 && prewarms === 0) return exchanges
  return `${exchanges} (${prewarms} of them prewarms) and ${connections} connections`
}

const KINDS = Object.keys(noneEnded()) as (keyof EndedExchanges)[]
