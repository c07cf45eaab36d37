import { lstatSync } from 'node:fs'

/**
 * Returns whether something has this name, including a dangling link. If that cannot be determined,
 * false: creating something there then fails, and says why.
 */
export function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}
