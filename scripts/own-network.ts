import { spawn, spawnSync } from 'node:child_process'
import { constants } from 'node:os'

const RAISE_LOOPBACK = 'ip link set lo up'

/**
 * Runs a command in a network of its own, with nothing in it but the loopback: a test that reaches
 * out fails here instead of on somebody's train, and the demo reaches nobody. Where the system does
 * not allow that, it runs all the same, and a line on stderr says so.
 *
 * @param what is named in that line: `The tests run`.
 * @returns its exit code; that of a shell where a signal ended it.
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

/** The start of a command line that runs the rest in a network of its own; empty where none is to be had. */
function wallsOf(): readonly string[] {
  const unshare = process.getuid?.() === 0 ? ['unshare', '-n'] : ['unshare', '-rn']
  const [program, ...flags] = unshare as [string, ...string[]]
  const probe = spawnSync(program, [...flags, 'sh', '-c', RAISE_LOOPBACK])
  if (probe.status !== 0) return []
  return [...unshare, 'sh', '-c', `${RAISE_LOOPBACK} && exec "$@"`, 'sh']
}

function exitCodeOf(command: readonly string[]): Promise<number> {
  const [program = '', ...args] = command
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit' })
    // The terminal tells the whole group; the child must end before its parent does.
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => child.kill(signal))
    child.on('error', reject)
    child.on('exit', (code, signal) =>
      resolve(code ?? (signal === null ? 1 : 128 + constants.signals[signal])),
    )
  })
}
