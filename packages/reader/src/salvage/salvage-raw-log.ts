import {
  countEnd,
  type EndedExchanges,
  noneEnded,
  type Piece,
  type RequestBodyRecord,
  SESSION_FILES,
} from '@tacho/format'
import { RawOrder } from '../raw-order.js'
import { exchangeIdOf, rawRecordOf } from '../raw-record-of.js'
import type { LogRecord } from '../read-log.js'
import { type Fate, type SalvagedLines, salvageLines } from './salvage-lines.js'

/** What happened to a raw log; `ended` counts, for each run, the exchanges whose end was kept. */
export type SalvagedRawLog = SalvagedLines & { ended: Map<string, Required<EndedExchanges>> }

/**
 * Writes the good records of a raw log to a new folder. Pieces that a request body copied from a
 * lost one are marked as not kept; the rest of it stays.
 */
export function salvageRawLog(folder: string, target: string): SalvagedRawLog {
  const begun = new Map<string, { run: string; isPrewarm: boolean }>()
  const bodies = new Set<string>()
  const order = new RawOrder()
  const ended: SalvagedRawLog['ended'] = new Map()
  let since = new Date(0).toISOString()
  const fateOf = ({ value }: LogRecord, hasGap: boolean): Fate => {
    const record = rawRecordOf(value)
    if (record === 'broken') return { lost: 'not a record of this log' }
    // From a later Tacho: it is intact, and nothing more can be said.
    if (record === 'unknown') return 'as-it-is'
    // After a gap it is known why a record lacks its start; without one, it becomes a gap itself.
    if (hasGap) order.noteGap()
    const { damage } = order.judge(record)
    if (record.kind === 'gap') return 'as-it-is'
    if (record.kind === 'exchange') {
      since = record.time
      begun.set(record.exchange, { run: record.run, isPrewarm: record.prewarm === true })
      return 'as-it-is'
    }
    if (record.kind === 'request-body') {
      bodies.add(record.exchange)
      return bodyFate(record, bodies)
    }
    if (damage !== undefined) return { lost: damage }
    const beginning = begun.get(exchangeIdOf(record))
    if (record.kind === 'end' && beginning !== undefined) {
      const counts = ended.get(beginning.run) ?? noneEnded()
      countEnd(counts, record, beginning.isPrewarm)
      ended.set(beginning.run, counts)
    }
    return 'as-it-is'
  }
  const lines = salvageLines(folder, SESSION_FILES.raw, target, fateOf, () => since)
  return { ...lines, ended }
}

function bodyFate(record: RequestBodyRecord, there: ReadonlySet<string>): Fate {
  if (typeof record.content === 'string') return 'as-it-is'
  const isGone = (piece: Piece): piece is Extract<Piece, { copy: string }> =>
    typeof piece !== 'string' && 'copy' in piece && !there.has(piece.copy)
  if (!record.content.some(isGone)) return 'as-it-is'
  const content = record.content.map((piece) => (isGone(piece) ? { omitted: piece.length } : piece))
  return { instead: { ...record, content, sha256: '' } }
}
