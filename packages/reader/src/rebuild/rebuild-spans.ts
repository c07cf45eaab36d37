import type { ReportDamage } from '../damage.js'
import { reduceSession } from './reduce-session.js'
import { type LineFrame, SpanLines } from './span-lines.js'

export type RebuildSpansOptions = {
  sessionId: string
  frame: LineFrame
  /** Receives each line of spans. */
  write: (line: object) => void
  report: ReportDamage
  /** Receives how many bytes of the two logs are done, before any sealing. */
  onBytes?: (bytes: number) => void
}

/** How many spans were made, and how many of them have no end. */
export type RebuiltSpans = { ended: number; open: number; runs: number }

/** Makes the lines of a session's spans from its events and exchanges, by the current rules. */
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
