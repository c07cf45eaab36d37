import { join } from 'node:path'
import { makeFolders } from '@tacho/recorder'

/**
 * Returns Tacho's folder in the user's cache folder (XDG), creating it if needed; undefined if
 * there is no place for it.
 */
export function cacheFolder({
  XDG_CACHE_HOME: cache,
  HOME: home,
}: NodeJS.ProcessEnv): string | undefined {
  if (!cache && !home) return undefined
  const folder = join(cache || join(home ?? '', '.cache'), 'tacho')
  try {
    makeFolders(folder, 0o700)
    return folder
  } catch {
    return undefined
  }
}
