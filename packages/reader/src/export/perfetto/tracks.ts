import type { Slice } from './slices.js'

/** A track and its slices, no two of which overlap. */
export type Track = { id: number; name: string; slices: Slice[] }

/**
 * Puts slices on tracks. Slices of one track that overlap without nesting are drawn incorrectly, so
 * concurrent ones get a track of their own.
 */
export function tracksOf(slices: readonly Slice[]): Track[] {
  const groups = new Map<string, Slice[]>()
  for (const slice of slices) {
    const group = groups.get(slice.group)
    if (group === undefined) groups.set(slice.group, [slice])
    else group.push(slice)
  }
  const ordered = [...groups].sort(([one], [other]) => placeOf(one) - placeOf(other))
  const tracks = ordered.flatMap(([group, members]) => lanesOf(group, members))
  return tracks.map((track, index) => ({ ...track, id: index + 1 }))
}

// Turns have a group for each thread of the agent, between the runs and the exchanges.
const ORDER = [
  'runs',
  'turns',
  'connections',
  'exchanges',
  'streams',
  'tools',
  'approvals',
  'cancellations',
  'gaps',
]

function placeOf(group: string): number {
  const place = ORDER.indexOf(group.startsWith('turns of ') ? 'turns' : group)
  return place < 0 ? ORDER.length : place
}

/** No session does more at the same time; anything beyond is drawn over others. */
const LANES = 500

function lanesOf(group: string, slices: Slice[]): Omit<Track, 'id'>[] {
  const lanes: { slices: Slice[]; end: number }[] = []
  for (const slice of slices.sort((one, other) => one.start - other.start)) {
    const free = lanes.find(({ end }) => end <= slice.start)
    if (free === undefined && lanes.length < LANES) lanes.push({ slices: [slice], end: slice.end })
    else {
      const lane = free ?? lanes.at(-1)
      lane?.slices.push(slice)
      if (lane !== undefined) lane.end = Math.max(lane.end, slice.end)
    }
  }
  return lanes.map((lane, index) => ({
    name: index === 0 ? group : `${group} (${index + 1})`,
    slices: lane.slices,
  }))
}
