import { chmodSync, lstatSync, mkdirSync, type Stats } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Returns where the index is: `$XDG_CACHE_HOME/tacho/index`, else `~/.cache/tacho/index`. Relative
 * paths are ignored, as the XDG base directory specification requires.
 */
export function indexFolder(environment: Environment = process.env, home = homedir()): string {
  const asked = environment.XDG_CACHE_HOME
  const cache = asked && isAbsolute(asked) ? asked : join(home, '.cache')
  return join(cache, 'tacho', 'index')
}

/**
 * Returns the same, created if missing and private; undefined if it cannot be used: it is a link,
 * or another user's, or there is no home. Whoever could write to it could deceive this user.
 */
export function usableIndexFolder(folder = indexFolder()): string | undefined {
  try {
    const status = lstatSync(folder, { throwIfNoEntry: false }) ?? madeFolder(folder)
    if (!status.isDirectory() || status.uid !== process.getuid?.()) return undefined
    if ((status.mode & 0o077) !== 0) chmodSync(folder, 0o700)
    return folder
  } catch {
    return undefined
  }
}

// One by one: nothing is created above the cache folder, for example if there is no home.
function madeFolder(folder: string): Stats {
  for (const path of [join(folder, '..', '..'), join(folder, '..'), folder]) makePrivate(path)
  return lstatSync(folder)
}

function makePrivate(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
  }
}
