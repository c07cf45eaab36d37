import type { ReportDamage } from './damage.js'
import type { RawIndex } from './raw-index.js'
import { atOnce, rawPlaces } from './session-index/session-logs.js'

/**
 * Returns where the exchanges of a session are in its raw log; the checksum of each line is
 * verified.
 *
 * @param names in the folder, if they are known.
 */
export function indexRawLog(
  folder: string,
  report: ReportDamage,
  names?: readonly string[],
): RawIndex {
  return atOnce(rawPlaces(folder, report, names))
}
