import { cut } from '@tacho/format'
import { type Cancellation, cancellationTotals, isoOfMicros } from '@tacho/reader'
import { printable } from '../printable.js'
import { byteCount, duration, localTime, tokenCount } from '../quantities.js'
import type { Cell, Column, Row } from '../table.js'
import { openWords, stoppedWords } from './words.js'

export const CANCELLATION_COLUMNS: readonly Column[] = [
  { title: 'requested', spare: 3 },
  { title: 'origin', cut: 'end' },
  { title: 'reason', cut: 'end', least: 12 },
  { title: 'stopped', cut: 'end', least: 8 },
  { title: 'signalled', align: 'right', spare: 1 },
  { title: 'last byte', align: 'right', spare: 2 },
  { title: 'released', align: 'right' },
  { title: 'bytes', align: 'right' },
  { title: 'tokens', align: 'right' },
  { title: 'text', cut: 'end', spare: 4 },
]

/** A cancellation, with the text of the cut answers that had arrived. */
export type CutShort = { cancellation: Cancellation; text: string | undefined }

/**
 * Returns the rows of `tacho cancellations`, in the columns of {@link CANCELLATION_COLUMNS}. Times
 * count from the request to cancel; the last byte mostly came before that.
 */
export function cancellationRows(cancellations: readonly CutShort[]): Row[] {
  return cancellations.map(({ cancellation, text }) => {
    const { origin, reason, stopped, bytes, outputTokens } = cancellation
    const { requestedAt, signalledAt, lastByteAt } = cancellation
    return [
      localTime(isoOfMicros(requestedAt)) ?? '?',
      cell(origin ?? ''),
      cell(reason ?? ''),
      stoppedWords(stopped),
      offset(requestedAt, signalledAt),
      offset(requestedAt, lastByteAt),
      releasedCell(cancellation),
      bytes === undefined ? '' : byteCount(bytes),
      outputTokens === undefined ? '' : tokenCount(outputTokens),
      cell(text ?? ''),
    ]
  })
}

/**
 * Returns the lines below them: how many, by origin, and how long until everything was released.
 */
export function cancellationTotalLines(cancellations: readonly Cancellation[]): string[] {
  const { count, byOrigin, medianMs, longestMs } = cancellationTotals(cancellations)
  const parts = Object.entries(byOrigin).map(([origin, times]) => `${times} ${cell(origin)}`)
  const lines = [`${count} ${count === 1 ? 'cancellation' : 'cancellations'}: ${parts.join(', ')}`]
  if (medianMs !== undefined && longestMs !== undefined) {
    lines.push(`time to release: median ${duration(medianMs)}, longest ${duration(longestMs)}`)
  }
  return lines
}

function releasedCell({ requestedAt, releasedAt, open }: Cancellation): Cell {
  if (open === undefined) return offset(requestedAt, releasedAt)
  return { text: openWords(open), style: open === 'running' ? 'busy' : 'bad' }
}

function offset(requestedAt: number, at: number | undefined): string {
  if (at === undefined) return ''
  return `${at < requestedAt ? '-' : '+'}${duration(Math.abs(at - requestedAt) / 1000)}`
}

function cell(text: string): string {
  return printable(cut(text, 1000))
}
