import type { EndedExchanges } from './manifest.js'
import type { EndRecord } from './raw-record.js'

/** Returns counts of ended exchanges, all 0. */
export function noneEnded(): Required<EndedExchanges> {
  return { completed: 0, cancelled: 0, failed: 0, connections: 0, prewarms: 0 }
}

/**
 * Counts an exchange's end for the manifest, while recording and when checking it against the log.
 */
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

/** Returns the counts as a manifest stores them: a zero is left out where the format allows it. */
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
