import { spawn, spawnSync } from 'node:child_process'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ProgramError, programPath } from './programs/index.js'

// From scripts/dist, where this runs.
const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const RAISE_LOOPBACK = 'ip link set lo up'

process.exitCode = await main(process.argv.slice(2))

/** Runs the tests; arguments are Vitest's. The exit code is Vitest's too. */
async function main(args: readonly string[]): Promise<number> {
  try {
    await programPath('codex')
  } catch (cause) {
    if (!(cause instanceof ProgramError)) throw cause
    process.stderr.write(`${cause.message}\n`)
    return 1
  }
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  return exitCodeOf([...walls(), process.execPath, vitest, 'run', '--root', root, ...args])
}

/**
 * The start of a command line that runs the rest in a network of its own, with nothing in it but
 * the loopback: a test that reaches out fails here instead of on somebody's train. Empty where the
 * system does not allow it.
 */
function walls(): readonly string[] {
  const unshare = process.getuid?.() === 0 ? ['unshare', '-n'] : ['unshare', '-rn']
  const [program, ...flags] = unshare as [string, ...string[]]
  const probe = spawnSync(program, [...flags, 'sh', '-c', RAISE_LOOPBACK])
  if (probe.status === 0) return [...unshare, 'sh', '-c', `${RAISE_LOOPBACK} && exec "$@"`, 'sh']
  process.stderr.write(
    'The tests run with the network on: `unshare` and `ip` do not give them one of their own here.\n',
  )
  return []
}

function exitCodeOf(command: readonly string[]): Promise<number> {
  const [program = '', ...args] = command
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit' })
    // The terminal tells the whole group; the tests must end before their parent does.
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => child.kill(signal))
    child.on('error', reject)
    child.on('exit', (code, signal) =>
      resolve(code ?? (signal === null ? 1 : 128 + constants.signals[signal])),
    )
  })
}
