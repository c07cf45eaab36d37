import type { TimelineEntry } from './timeline.js'

/**
 * Returns the last entries of a time line, after their headings, and how many entries precede them.
 */
export function lastEntries(
  all: readonly TimelineEntry[],
  count: number,
): { entries: TimelineEntry[]; before: number } {
  const from = Math.max(0, all.length - count)
  const headings = headingsOf(all, from)
  return { entries: [...headings, ...all.slice(from)], before: from - headings.length }
}

function headingsOf(all: readonly TimelineEntry[], from: number): TimelineEntry[] {
  const found: TimelineEntry[] = []
  let depth = all[from]?.depth ?? 0
  let hasRun = all[from]?.kind === 'run'
  for (let at = from - 1; at >= 0 && !hasRun; at -= 1) {
    const entry = all[at]
    if (entry === undefined) break
    hasRun = entry.kind === 'run'
    const isHeading = entry.kind === 'turn' || entry.kind === 'thread'
    if (!hasRun && !(isHeading && depth > 0)) continue
    depth = 0
    found.unshift(entry)
  }
  return found
}
