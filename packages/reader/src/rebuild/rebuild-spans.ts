import type { ReportDamage } from '../damage.js'
import { reduceSession } from './reduce-session.js'
import { type LineFrame, SpanLines } from './span-lines.js'

export type RebuildSpansOptions = {
  sessionId: string
  frame: LineFrame
  /** Takes each line of spans. */
  write: (line: object) => void
  report: ReportDamage
  /** Is told of bytes of the two logs that are done, before any sealing. */
  onBytes?: (bytes: number) => void
}

/** How many spans were made, and how many of them have no end. */
export type RebuiltSpans = { ended: number; open: number; runs: number }

/** Makes the lines of a session's spans of its events and exchanges, by the rules of today. */
export async function rebuildSpans(
  folder: string,
  { frame, write, ...options }: RebuildSpansOptions,
): Promise<RebuiltSpans> {
  const runs: SpanLines[] = []
  await reduceSession(folder, {
    ...options,
    emitOf: () => {
      const lines = new SpanLines(frame, write)
      runs.push(lines)
      return (change) => lines.take(change)
    },
  })
  return {
    ended: runs.reduce((sum, { ended }) => sum + ended, 0),
    open: runs.reduce((sum, { open }) => sum + open, 0),
    runs: runs.length,
  }
}
