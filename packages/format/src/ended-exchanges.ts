import type { EndedExchanges } from './manifest.js'
import type { EndRecord } from './raw-record.js'

/** Counts of exchanges that ended, with nothing counted yet. */
export function noneEnded(): Required<EndedExchanges> {
  return { completed: 0, cancelled: 0, failed: 0, connections: 0, prewarms: 0 }
}

/** Counts the end of an exchange for the manifest: recording, and holding one against the log. */
export function countEnd(
  counts: Required<EndedExchanges>,
  { state, webSocket }: Pick<EndRecord, 'state' | 'webSocket'>,
  isPrewarm: boolean,
): void {
  if (webSocket !== undefined) {
    counts.connections += 1
    return
  }
  counts[state] += 1
  if (isPrewarm) counts.prewarms += 1
}

/** The counts as a manifest has them: what there was none of is left out where that is allowed. */
export function manifestCounts({
  connections,
  prewarms,
  ...states
}: Required<EndedExchanges>): EndedExchanges {
  return {
    ...states,
    ...(connections > 0 && { connections }),
    ...(prewarms > 0 && { prewarms }),
  }
}
