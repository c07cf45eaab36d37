import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from './process.js'

/**
 * The start of a command line whose rest runs with its own /etc/hosts, so that it reaches test
 * servers by the real names of hosts, or by names that belong to nobody.
 *
 * @param names each with its address; `localhost` is always there.
 * @throws if the system allows no mount namespace.
 */
export function withHostNames(folder: string, names: Record<string, string>): Command {
  const fault = faultOfMounting()
  if (fault !== undefined) {
    throw new Error(
      `This system lets nobody mount an /etc/hosts of a test's own: ${fault}\nRun the tests by \`npm test\`, as root or where user namespaces are allowed.`,
    )
  }
  const path = join(folder, 'hosts')
  const lines = Object.entries({ localhost: '127.0.0.1', ...names })
  writeFileSync(path, lines.map(([name, address]) => `${address} ${name}\n`).join(''))
  return mounting(path)
}

/**
 * The same if the system allows it; otherwise a command line that uses the system's own hosts file.
 */
export function withHostNamesIfAllowed(folder: string, names: Record<string, string>): Command {
  return faultOfMounting() === undefined ? withHostNames(folder, names) : ['env']
}

let probed: { fault: string | undefined } | undefined

function faultOfMounting(): string | undefined {
  if (probed === undefined) {
    const [program, ...args] = mounting('/etc/hosts')
    const { status, stderr, error } = spawnSync(program, [...args, 'true'], { encoding: 'utf8' })
    probed = { fault: status === 0 ? undefined : stderr || String(error?.message) }
  }
  return probed.fault
}

function mounting(hosts: string): Command {
  return [...UNSHARE, 'sh', '-c', 'mount --bind "$0" /etc/hosts && exec "$@"', hosts]
}

const UNSHARE =
  process.getuid?.() === 0 ? (['unshare', '-m'] as const) : (['unshare', '-rm'] as const)
