import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Creates a folder and its missing parents. Node's own `recursive` option never returns if a file
 * system cannot hold folders: in /proc it retries for ever.
 *
 * @throws the file system's error, except if the path already exists.
 */
export function makeFolders(path: string, mode: number): void {
  if (isMade(path, mode)) return
  makeFolders(dirname(path), mode)
  if (!isMade(path, mode)) mkdirSync(path, { mode })
}

/** @returns whether the folder exists; if not, its parent is missing. */
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
