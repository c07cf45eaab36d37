import type { TimelineEntry } from './timeline.js'

/** A part of a time line, and how many entries stand before and behind it. */
export type TimelinePage = { entries: TimelineEntry[]; before: number; after: number }

/**
 * The part of a time line that a screen shows: `count` entries from one on, or that many of the last
 * where `from` is left out. The headings below which the first of them stands come before it.
 */
export function timelinePage(
  all: readonly TimelineEntry[],
  count: number,
  from = Math.max(0, all.length - count),
): TimelinePage {
  const entries = all.slice(from, from + count)
  const headings = headingsOf(all, from)
  return {
    entries: [...headings, ...entries],
    before: from - headings.length,
    after: all.length - from - entries.length,
  }
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
