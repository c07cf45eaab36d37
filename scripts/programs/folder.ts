import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import type { Program } from './program.js'

/**
 * Where a program stands, whole or not there at all: `$XDG_CACHE_HOME/tacho/programs/<name>-<version>`,
 * by default in `~/.cache`.
 */
export function programFolder({ name, version }: Pick<Program, 'name' | 'version'>): string {
  return join(cacheFolder(), 'tacho', 'programs', `${name}-${version}`)
}

/**
 * Where a user's programs keep what they can make again. A relative XDG_CACHE_HOME is to be ignored:
 * https://specifications.freedesktop.org/basedir/latest/
 */
export function cacheFolder(): string {
  const named = process.env.XDG_CACHE_HOME
  return named !== undefined && isAbsolute(named) ? named : join(homedir(), '.cache')
}
