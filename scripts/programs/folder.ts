import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import type { Program } from './program.js'

/**
 * The folder of a program, which exists only once it is complete:
 * `$XDG_CACHE_HOME/tacho/programs/<name>-<version>`, by default below `~/.cache`.
 */
export function programFolder({ name, version }: Pick<Program, 'name' | 'version'>): string {
  return join(cacheFolder(), 'tacho', 'programs', `${name}-${version}`)
}

/**
 * Where programs keep what they can make again. A relative XDG_CACHE_HOME must be ignored:
 * https://specifications.freedesktop.org/basedir/latest/
 */
export function cacheFolder(): string {
  const named = process.env.XDG_CACHE_HOME
  return named !== undefined && isAbsolute(named) ? named : join(homedir(), '.cache')
}
