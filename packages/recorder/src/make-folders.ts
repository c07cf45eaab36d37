import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a folder, and those above it that are missing. Node's own way to do so (`recursive`) never
 * comes back where a file system has no room for folders: in /proc it tries for ever.
 *
 * @throws what the file system says, but not that something of that name is there.
 */
export function makeFolders(path: string, mode: number): void {
  if (isMade(path, mode)) return
  makeFolders(dirname(path), mode)
  if (!isMade(path, mode)) mkdirSync(path, { mode })
}

/** @returns whether it is there; where not, the one above it is missing. */
function isMade(path: string, mode: number): boolean {
  try {
    mkdirSync(path, { mode })
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return true
    if (code === 'ENOENT' && dirname(path) !== path) return false
    throw error
  }
}
