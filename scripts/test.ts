import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from './bundle.js'
import { installPackages } from './install-packages.js'
import { neededPrograms } from './needed-programs.js'
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
  await installForReal(args)
  installPackages()
  // So that a test never runs a `tacho codex` that is older than its sources.
  await bundle()
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  return runInOwnNetwork(
    [process.execPath, vitest, 'run', '--root', root, ...args],
    'The tests run',
  )
}

/** Where one of them cannot be had, the tests that need it fail and say so; the others run. */
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
