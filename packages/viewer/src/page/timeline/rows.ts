import type { Item, Story } from '../session/story.js'

/** The rows of a lane, from the top. Items of different kinds never cover each other. */
export const ROWS = ['turn', 'exchange', 'tool', 'approval'] as const
type Row = (typeof ROWS)[number]

export const ROW_HEIGHT = 18
export const LANE_GAP = 8
/** The times, above all lanes. */
export const RULER_HEIGHT = 22

/** Vertical positions, in pixels from the top. */
export type Layout = {
  height: number
  /** For each lane, its top, and the tops of its rows. */
  lanes: { top: number; rows: ReadonlyMap<Row, number> }[]
}

/** A lane only has the rows that contain something. */
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

/** Returns the top of an item; undefined if it has no lane. */
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
