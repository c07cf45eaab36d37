import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The shells, beside bash, that `tacho completion` is tried in. */
const SHELLS = ['zsh', 'fish']

/**
 * Installs the shells that are missing, where that needs no more than being root on Debian, as in CI.
 * Elsewhere the tests of the shell that is missing are skipped.
 */
export function installShells(): void {
  const missing = SHELLS.filter((shell) => !isOnPath(shell))
  if (missing.length === 0) return
  if (process.getuid?.() !== 0 || !isOnPath('apt-get')) return
  process.stderr.write(`Installing ${missing.join(', ')} for the tests of completion\n`)
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: 'pipe',
  } as const
  const install = ['install', '-y', '--no-install-recommends', ...missing]
  if (spawnSync('apt-get', install, options).status === 0) return
  spawnSync('apt-get', ['update'], options)
  const { status, stderr } = spawnSync('apt-get', install, options)
  if (status !== 0)
    process.stderr.write(`${stderr}Tests of completion in ${missing.join(', ')} are skipped.\n`)
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => existsSync(join(folder, program)))
}
