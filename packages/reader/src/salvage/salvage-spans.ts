import { SESSION_FILES } from '@tacho/format'
import { isoOfMicros } from '../micros.js'
import { rawRecordOf } from '../raw-record-of.js'
import { spansOf } from '../read-spans.js'
import { type Fate, type SalvagedLines, salvageLines } from './salvage-lines.js'

/** Writes the good lines of a session's spans to a new folder. */
export function salvageSpans(folder: string, target: string): SalvagedLines {
  let since = 0
  const fateOf = ({ value }: { value: Record<string, unknown> }): Fate => {
    const record = rawRecordOf(value)
    if (typeof record !== 'string' && record.kind === 'gap') return 'as-it-is'
    try {
      const [span] = spansOf(value)
      if (span === undefined) return { lost: 'not a record of this log' }
      since = span.endedAt ?? span.startedAt
      return 'as-it-is'
    } catch {
      return { lost: 'a span with broken parts' }
    }
  }
  const sinceText = (): string => isoOfMicros(since) ?? ''
  return salvageLines(folder, SESSION_FILES.meta, target, fateOf, sinceText)
}
