import { SESSION_FILES } from '@tacho/format'
import { chunkHeadOf } from '../raw-log/chunk-head.js'
import { readLog } from '../read-log.js'
import type { Session } from '../read-session.js'

/** How the chunks of an answer arrived. Times are milliseconds since its exchange began. */
export type ChunkPace = {
  firstMs: number
  lastMs: number
  /** The longest time between two chunks. */
  longestGapMs: number
  /** Gaps of at least {@link STALL_MS}. */
  stalls: number
}

/** A stream that is silent for this long has stalled: models send several chunks a second. */
export const STALL_MS = 5000

/**
 * Returns how the chunks of a session's answers arrived, by exchange id. Their contents are not
 * read.
 */
export function chunkPaces({ folder, exchanges }: Session): Map<string, ChunkPace> {
  const paces = new Map<string, ChunkPace>()
  const known = new Set(exchanges.map(({ id }) => id))
  const wanted = (line: Buffer): boolean => {
    const head = chunkHeadOf(line)
    if (head !== undefined && known.has(head.exchange))
      addChunk(paces, head.exchange, head.at / 1000)
    return false
  }
  // Nothing is decoded, so no damage can be found here: reading the session reports it.
  for (const _ of readLog(folder, SESSION_FILES.raw, () => undefined, { wanted }));
  return paces
}

function addChunk(paces: Map<string, ChunkPace>, exchange: string, atMs: number): void {
  const pace = paces.get(exchange)
  if (pace === undefined) {
    paces.set(exchange, { firstMs: atMs, lastMs: atMs, longestGapMs: 0, stalls: 0 })
    return
  }
  const gap = atMs - pace.lastMs
  pace.lastMs = atMs
  pace.longestGapMs = Math.max(pace.longestGapMs, gap)
  if (gap >= STALL_MS) pace.stalls += 1
}
