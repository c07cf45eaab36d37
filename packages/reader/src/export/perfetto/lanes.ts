/** Something on a time line. Times are microseconds. */
export type Timed = { startedAt: number; endedAt: number }

/**
 * Puts things that may overlap into as few lanes as there are at once: on one track of a trace
 * viewer, what overlaps must lie within each other.
 *
 * @returns the number of each thing's lane, from 0, in the order of the things.
 */
export function lanesOf(things: readonly Timed[]): number[] {
  const order = things.map((_, index) => index)
  order.sort((one, other) => startOf(things, one) - startOf(things, other))
  const lanes = new Array<number>(things.length).fill(0)
  const freeAt: number[] = []
  for (const index of order) {
    const thing = things[index]
    if (thing === undefined) continue
    const free = freeAt.findIndex((at) => at <= thing.startedAt)
    const lane = free < 0 ? freeAt.length : free
    freeAt[lane] = Math.max(thing.endedAt, thing.startedAt)
    lanes[index] = lane
  }
  return lanes
}

function startOf(things: readonly Timed[], index: number): number {
  return things[index]?.startedAt ?? 0
}
