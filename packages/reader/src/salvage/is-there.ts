import { lstatSync } from 'node:fs'

/**
 * Whether something has this name, also a link that points nowhere. Where nobody can tell, it is not:
 * making something there fails next, and says why.
 */
export function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}
