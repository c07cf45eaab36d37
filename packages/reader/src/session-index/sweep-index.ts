import { lstatSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { UNFINISHED } from './index-file.js'

/** How much disk space the index may take: some hundred long sessions, or lists of a million. */
const INDEX_BYTES = 512 * 1024 * 1024
const INDEX_FILES = 1000
/** No write takes this long: whoever began it is gone. */
const UNFINISHED_MS = 3600 * 1000

/**
 * Removes from the index abandoned files and, if it has grown too large, those that were written
 * longest ago: they are rebuilt on demand.
 */
export function sweepIndex(folder: string, now = Date.now()): void {
  let bytes = 0
  let count = 0
  for (const { path, size, mtimeMs } of newestFirst(folder)) {
    const isLeft = path.endsWith(UNFINISHED) && mtimeMs < now - UNFINISHED_MS
    bytes += size
    count += 1
    if (isLeft || bytes > INDEX_BYTES || count > INDEX_FILES) rmSync(path, { force: true })
  }
}

function newestFirst(folder: string): { path: string; size: number; mtimeMs: number }[] {
  return readdirSync(folder)
    .flatMap((name) => {
      const path = join(folder, name)
      const status = lstatSync(path, { throwIfNoEntry: false })
      return status?.isFile() ? [{ path, size: status.size, mtimeMs: status.mtimeMs }] : []
    })
    .sort((one, other) => other.mtimeMs - one.mtimeMs)
}
