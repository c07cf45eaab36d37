/** A time interval, in microseconds since 1970. */
export type Interval = readonly [from: number, to: number]

/** Returns the time that intervals cover together, in milliseconds: overlaps count once. */
export function coveredMs(intervals: readonly Interval[]): number {
  return joined(intervals).reduce((total, [from, to]) => total + (to - from), 0) / 1000
}

/** Returns intervals without the parts that others cover. */
export function without(intervals: readonly Interval[], others: readonly Interval[]): Interval[] {
  const gone = joined(others)
  return joined(intervals).flatMap(([from, to]) => {
    const left: Interval[] = []
    let at = from
    for (const [start, end] of gone) {
      if (end <= at || start >= to) continue
      if (start > at) left.push([at, start])
      at = Math.max(at, end)
    }
    if (at < to) left.push([at, to])
    return left
  })
}

/** Returns the parts of intervals that lie within another one. */
export function within(intervals: readonly Interval[], [start, end]: Interval): Interval[] {
  return intervals
    .map(([from, to]): Interval => [Math.max(from, start), Math.min(to, end)])
    .filter(([from, to]) => from < to)
}

function joined(intervals: readonly Interval[]): Interval[] {
  const result: [number, number][] = []
  const sorted = intervals.filter(([from, to]) => to > from).sort(([one], [two]) => one - two)
  for (const [from, to] of sorted) {
    const last = result.at(-1)
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to)
    else result.push([from, to])
  }
  return result
}
