import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from '../../host/index.js'

/**
 * The start of a command line whose rest sees a copy of /etc with an administrator's settings for
 * Claude Code.
 */
export function withManagedSettings(folder: string, settings: object): Command {
  const etc = join(folder, 'etc')
  // Files that only root may read are not needed.
  spawnSync('cp', ['-a', '/etc', etc])
  const own = join(etc, 'claude-code')
  mkdirSync(own, { recursive: true })
  writeFileSync(join(own, 'managed-settings.json'), JSON.stringify(settings))
  const unshare = process.getuid?.() === 0 ? ['unshare', '-m'] : ['unshare', '-rm']
  const [program = '', ...flags] = unshare
  return [program, ...flags, 'sh', '-c', 'mount --bind "$0" /etc && exec "$@"', etc]
}
