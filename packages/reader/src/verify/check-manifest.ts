import { isUuid, type Manifest, type Run, SESSION_FILES, traceIdOfUuid } from '@tacho/format'
import type { Damage, ReportDamage } from '../damage.js'
import type { RawChecks } from './check-raw-log.js'
import type { SpanChecks } from './check-spans.js'

/**
 * Holds a manifest against the logs. Where these lost something or are damaged, they may say less
 * than the manifest, and are not held against it.
 */
export function checkManifest(
  manifest: Manifest,
  { raw, spans, damage }: { raw: RawChecks; spans: SpanChecks; damage: readonly Damage[] },
  report: ReportDamage,
): void {
  const wrong = (reason: string): void => report({ file: SESSION_FILES.manifest, lines: 0, reason })
  if (isUuid(manifest.id) && manifest.traceId !== traceIdOfUuid(manifest.id)) {
    wrong('its trace id is not that of its session id')
  }
  const isWhole = raw.gaps.length === 0 && spans.lost.length === 0 && damage.length === 0
  if (!isWhole) return
  for (const run of manifest.runs) {
    if (run.endedAt === undefined || run.lost !== undefined) continue
    const counted = raw.ended.get(run.id) ?? { completed: 0, cancelled: 0, failed: 0 }
    if (!isSame(run.exchanges, counted)) {
      wrong(`run ${run.id} counts ${words(run.exchanges)}, the log has ${words(counted)}`)
    }
    if (spans.spans.get(run.id)?.endedAt === undefined) {
      wrong(`run ${run.id} has ended, but its span in ${SESSION_FILES.meta} has not`)
    }
  }
}

function isSame(one: Run['exchanges'], other: Run['exchanges']): boolean {
  return (
    one.completed === other.completed &&
    one.cancelled === other.cancelled &&
    one.failed === other.failed
  )
}

function words({ completed, cancelled, failed }: Run['exchanges']): string {
  return `${completed} completed, ${cancelled} cancelled, ${failed} failed exchanges`
}
