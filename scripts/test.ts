import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from './bundle.js'
import { installPackages } from './install-packages.js'
import { neededPrograms } from './needed-programs.js'
import { runInOwnNetwork } from './own-network.js'
import { ProgramError, programPath } from './programs/index.js'

// This runs from scripts/dist.
const root = join(dirname(fileURLToPath(import.meta.url)), '../..')

process.exitCode = await main(process.argv.slice(2))

/** Runs the tests; arguments go to Vitest, and the exit code comes from it. */
async function main(args: readonly string[]): Promise<number> {
  try {
    await programPath('codex')
  } catch (cause) {
    if (!(cause instanceof ProgramError)) throw cause
    process.stderr.write(`${cause.message}\n`)
    return 1
  }
  await installForReal(args)
  installPackages()
  // So that no test runs a `tacho codex` that is older than its sources.
  await bundle()
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  return runInOwnNetwork(
    [process.execPath, vitest, 'run', '--root', root, ...args],
    'The tests run',
  )
}

/** If a program cannot be installed, the tests that need it fail and say so; the others run. */
async function installForReal(args: readonly string[]): Promise<void> {
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `test/${name}`)
  for (const name of neededPrograms(args, files)) {
    try {
      if (process.env[`TACHO_TEST_${name.toUpperCase().replaceAll('-', '_')}`] === undefined)
        await programPath(name)
    } catch (cause) {
      if (!(cause instanceof ProgramError)) throw cause
      process.stderr.write(`${cause.message}\nWithout ${name}, its tests fail.\n`)
    }
  }
}
