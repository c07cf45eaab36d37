import { existsSync } from 'node:fs'
import { AppendFile } from '../../append-file.js'
import { realDisk } from '../../disk.js'
import { gapLine } from '../../gap-line.js'

/** Messages of a host that were lost, by kind, and since when, in milliseconds since the epoch. */
export type Untold = { since: number; lost: Readonly<Record<string, number>> }

/**
 * Writes to a log of the session what a host could not send, because its recorder process is gone and
 * nobody else can. Does nothing if the log does not exist. Does not throw.
 */
export function writeUntold(path: string, { since, lost }: Untold): void {
  if (!existsSync(path)) return
  const file = new AppendFile({ disk: realDisk, path, now: () => since * 1000, gapLine })
  file.lose(lost, 'RECORDER_GONE')
  file.close()
}
