import type { Item, Story } from '../session/story.js'

/** The rows of a lane, from above. What belongs to one kind never lies over another. */
export const ROWS = ['turn', 'exchange', 'tool', 'approval'] as const
type Row = (typeof ROWS)[number]

export const ROW_HEIGHT = 18
export const LANE_GAP = 8
/** Above all lanes: the times. */
export const RULER_HEIGHT = 22

/** Where things stand, in pixels from above. */
export type Layout = {
  height: number
  /** Of each lane: its top, and the tops of the rows that it has. */
  lanes: { top: number; rows: ReadonlyMap<Row, number> }[]
}

/** A lane has those rows alone in which there is something. */
export function layoutOf({ items, lanes }: Story): Layout {
  const used = lanes.map(() => new Set<Row>())
  for (const item of items) used[item.lane]?.add(rowOf(item))
  let top = RULER_HEIGHT
  const placed = used.map((rows) => {
    const lane = { top, rows: new Map<Row, number>() }
    for (const row of ROWS) {
      if (!rows.has(row) && !(row === 'exchange' && rows.size === 0)) continue
      lane.rows.set(row, top)
      top += ROW_HEIGHT
    }
    top += LANE_GAP
    return lane
  })
  return { height: top, lanes: placed }
}

/** The top of an item, or nothing where it has no lane. */
export function topOf(item: Item, { lanes }: Layout): number | undefined {
  return lanes[item.lane]?.rows.get(rowOf(item))
}

function rowOf({ kind }: Item): Row {
  switch (kind) {
    case 'turn':
    case 'cancellation':
    case 'gap':
    case 'problem':
      return 'turn'
    default:
      return kind
  }
}
