import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from './process.js'

/**
 * The start of a command line whose rest runs with an /etc/hosts of its own, so that it reaches test
 * servers by the real names of hosts, or by names that are nobody's.
 *
 * @param names each with its address; `localhost` is there too.
 * @throws where the system gives no mount namespace.
 */
export function withHostNames(folder: string, names: Record<string, string>): Command {
  const path = join(folder, 'hosts')
  const lines = Object.entries({ localhost: '127.0.0.1', ...names })
  writeFileSync(path, lines.map(([name, address]) => `${address} ${name}\n`).join(''))
  const start = [...UNSHARE, 'sh', '-c', 'mount --bind "$0" /etc/hosts && exec "$@"', path] as const
  const probe = spawnSync(start[0], [...start.slice(1), 'true'], { encoding: 'utf8' })
  if (probe.status === 0) return start
  throw new Error(
    `This system lets nobody mount an /etc/hosts of a test's own: ${probe.stderr || probe.error?.message}\nRun the tests by \`npm test\`, as root or where user namespaces are allowed.`,
  )
}

const UNSHARE =
  process.getuid?.() === 0 ? (['unshare', '-m'] as const) : (['unshare', '-rm'] as const)
