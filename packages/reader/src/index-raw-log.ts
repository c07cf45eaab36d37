import type { ReportDamage } from './damage.js'
import type { RawIndex } from './raw-index.js'
import { atOnce, rawPlaces } from './session-index/session-logs.js'

/** Where the exchanges of a session stand in its raw log; every line is proved by its checksum. */
export function indexRawLog(folder: string, report: ReportDamage): RawIndex {
  return atOnce(rawPlaces(folder, report))
}
