import type { ReportDamage } from './damage.js'
import type { RawIndex } from './raw-index.js'
import { atOnce, rawPlaces } from './session-index/session-logs.js'

/**
 * Returns where the exchanges of a session are in its raw log; the checksum of each line is
 * verified.
 */
export function indexRawLog(folder: string, report: ReportDamage): RawIndex {
  return atOnce(rawPlaces(folder, report))
}
