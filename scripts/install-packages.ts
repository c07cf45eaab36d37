import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * The programs that the tests of completion, the manual page and the `tacho view` page need, and
 * their Debian packages.
 */
const PACKAGES = { zsh: 'zsh', fish: 'fish', groff: 'groff-base', chromium: 'chromium' }

/**
 * Installs the missing ones, where being root on Debian is enough, as in CI. Elsewhere it says what
 * to install, and the tests that need them fail.
 */
export function installPackages(): void {
  const missing = Object.entries(PACKAGES).flatMap(([program, one]) =>
    isOnPath(program) ? [] : [one],
  )
  if (missing.length === 0) return
  const without = `Without ${missing.join(', ')}, tests of completion, the manual page and the page in the browser fail.\n`
  if (process.getuid?.() !== 0 || !isOnPath('apt-get')) {
    process.stderr.write(without)
    return
  }
  process.stderr.write(`Installing ${missing.join(', ')} for the tests\n`)
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: 'pipe',
  } as const
  const install = ['install', '-y', '--no-install-recommends', ...missing]
  if (spawnSync('apt-get', install, options).status === 0) return
  spawnSync('apt-get', ['update'], options)
  const { status, stderr } = spawnSync('apt-get', install, options)
  if (status !== 0) process.stderr.write(`${stderr}${without}`)
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => existsSync(join(folder, program)))
}
