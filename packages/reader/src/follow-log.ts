import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { SESSION_FILES } from '@tacho/format'
import { openRegular } from './open-regular.js'
import { readAt } from './read-at.js'
import { isRunning } from './running/is-running.js'

/** The bytes of a log, as they come. */
export type FollowedLog = AsyncGenerator<Uint8Array, void>

const PIECE_BYTES = 256 * 1024
const INTERVAL_MS = 250

/**
 * Reads the bytes of a session's debug log; none if there is no such log.
 *
 * @param goesOn also read what is appended from now on, while the session runs.
 */
export async function* followLog(folder: string, goesOn: boolean): FollowedLog {
  const opened = openRegular(join(folder, SESSION_FILES.log))
  if ('refused' in opened) return
  try {
    for (let at = 0; ; ) {
      // Checked first, so that the last bytes written are still read.
      const isOver = !goesOn || !isRunning(folder)
      for (;;) {
        const bytes = readAt(opened.descriptor, at, PIECE_BYTES)
        if (bytes.length === 0) break
        at += bytes.length
        yield bytes
      }
      if (isOver) return
      await wait(INTERVAL_MS)
    }
  } finally {
    opened[Symbol.dispose]()
  }
}
