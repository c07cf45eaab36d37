import { spawn, spawnSync } from 'node:child_process'
import { constants } from 'node:os'

const RAISE_LOOPBACK = 'ip link set lo up'

/**
 * Runs a command in a network of its own that has only a loopback interface. A test that reaches
 * out then fails here and not on somebody's train, and the demo contacts nobody. If the system does
 * not allow it, the command runs anyway and a line on stderr says so.
 *
 * @param what the subject of that line: `The tests run`.
 * @returns the command's exit code, or the shell's equivalent if a signal ended it.
 */
export function runInOwnNetwork(command: readonly string[], what: string): Promise<number> {
  const walls = wallsOf()
  if (walls.length === 0) {
    process.stderr.write(
      `${what} with the network on: \`unshare\` and \`ip\` do not give a network of its own here.\n`,
    )
  }
  return exitCodeOf([...walls, ...command])
}

/**
 * The start of a command line that runs the rest of it in a network of its own; empty if that is
 * not possible.
 */
function wallsOf(): readonly string[] {
  const unshare = process.getuid?.() === 0 ? ['unshare', '-n'] : ['unshare', '-rn']
  const [program, ...flags] = unshare as [string, ...string[]]
  const probe = spawnSync(program, [...flags, 'sh', '-c', RAISE_LOOPBACK])
  if (probe.status !== 0) return []
  return [...unshare, 'sh', '-c', `${RAISE_LOOPBACK} && exec "$@"`, 'sh']
}

function exitCodeOf(command: readonly string[]): Promise<number> {
  const [program = '', ...args] = command
  // There are no certificates to check in a network without a way out, and Node 20 parses these at
  // each start, which takes twice as long as everything else that it does then.
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: 'inherit' })
    // The terminal signals the whole group, and the child must end before its parent does.
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => child.kill(signal))
    child.on('error', reject)
    child.on('exit', (code, signal) =>
      resolve(code ?? (signal === null ? 1 : 128 + constants.signals[signal])),
    )
  })
}
