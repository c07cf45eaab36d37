import { SESSION_FILES } from '@tacho/format'
import type { ReportDamage } from '../damage.js'
import { rawRecordOf } from '../raw-record-of.js'
import { readLog } from '../read-log.js'
import { readSpans, type Span } from '../read-spans.js'

/** What checking the spans found, beside the damage. */
export type SpanChecks = {
  bytes: number
  spans: Map<string, Span>
  /** What its gaps say was lost. */
  lost: Record<string, number>[]
}

/** Checks every line of a session's spans. */
export function checkSpans(
  folder: string,
  report: ReportDamage,
  onBytes: (bytes: number) => void,
): SpanChecks {
  const log = SESSION_FILES.meta
  const lost: Record<string, number>[] = []
  let bytes = 0
  for (const { value, file, line, byte, length } of readLog(folder, log, report, STRICT)) {
    onBytes(length + 1)
    bytes += length + 1
    if (value.started !== undefined || value.resourceSpans !== undefined) continue
    const record = rawRecordOf(value)
    if (typeof record !== 'string' && record.kind === 'gap') lost.push(record.lost)
    else report({ file, line, byte, lines: 1, reason: 'not a record of this log' })
  }
  return { bytes, spans: readSpans(folder, brokenSpans(report)), lost }
}

const STRICT = { isStrict: true }

// The lines have been reported above; what a whole line holds has not.
function brokenSpans(report: ReportDamage): ReportDamage {
  return (damage) => {
    if (damage.reason === 'a span with broken parts') report(damage)
  }
}
