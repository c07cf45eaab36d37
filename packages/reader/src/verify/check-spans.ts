import type { ReportDamage } from '../damage.js'
import { readSpans, type Span } from '../read-spans.js'

/** What checking the spans found, apart from damage. */
export type SpanChecks = {
  bytes: number
  spans: Map<string, Span>
  /** What was lost, according to its gaps. */
  lost: Record<string, number>[]
}

/** Checks every line of a session's spans. */
export function checkSpans(
  folder: string,
  report: ReportDamage,
  onBytes: (bytes: number) => void,
): SpanChecks {
  const lost: Record<string, number>[] = []
  let bytes = 0
  const spans = readSpans(folder, report, {
    onLine: (length) => {
      onBytes(length + 1)
      bytes += length + 1
    },
    onGap: (gap) => lost.push(gap.lost),
  })
  return { bytes, spans, lost }
}
