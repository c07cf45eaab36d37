import { isAbsolute, join } from 'node:path'
import { makeFolders } from '@tacho/recorder'

/**
 * Returns Tacho's folder in the user's cache folder (XDG), creating it if needed; undefined if
 * there is no place for it.
 */
export function cacheFolder(environment: NodeJS.ProcessEnv): string | undefined {
  const folder = cachePath(environment)
  try {
    if (folder !== undefined) makeFolders(folder, 0o700)
    return folder
  } catch {
    return undefined
  }
}

/**
 * Returns where that folder is, or would be. A relative path is ignored, as the XDG base directory
 * specification requires: it would be in whatever folder the user is, with code that we load.
 */
export function cachePath({
  XDG_CACHE_HOME: cache,
  HOME: home,
}: NodeJS.ProcessEnv): string | undefined {
  if (cache && isAbsolute(cache)) return join(cache, 'tacho')
  return home && isAbsolute(home) ? join(home, '.cache', 'tacho') : undefined
}
