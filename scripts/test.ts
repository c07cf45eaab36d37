import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from './bundle.js'
import { runInOwnNetwork } from './own-network.js'
import { ProgramError, programPath } from './programs/index.js'

// From scripts/dist, where this runs.
const root = join(dirname(fileURLToPath(import.meta.url)), '../..')

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
  // So that a test never runs a `tacho codex` that is older than its sources.
  await bundle()
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  return runInOwnNetwork(
    [process.execPath, vitest, 'run', '--root', root, ...args],
    'The tests run',
  )
}
