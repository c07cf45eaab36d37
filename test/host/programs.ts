import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ProgramName } from '../../scripts/programs/index.js'
import type { Command } from './process.js'
import { repositoryRoot } from './repository.js'

/** The `tacho` command as built: run `npm run build` first. */
export const tachoCommand: Command = [
  process.execPath,
  join(repositoryRoot, 'packages/cli/bin/tacho.js'),
]

/** The real Codex, in the version that the tests are written for; installed if it is missing. */
export async function codexCommand(): Promise<Command> {
  return [await programPath('codex')]
}

/**
 * The absolute path of a third-party program, installed if it is missing.
 * `TACHO_TEST_CODEX=/path/to/codex` names another Codex to test with; the other programs have such
 * variables too.
 */
export async function programPath(name: ProgramName): Promise<string> {
  const named = process.env[`TACHO_TEST_${name.toUpperCase().replaceAll('-', '_')}`]
  if (named !== undefined) return named
  // An absolute path, because this file runs both as source and compiled.
  const built = pathToFileURL(join(repositoryRoot, 'scripts/dist/programs/index.js')).href
  const programs = (await import(built)) as typeof import('../../scripts/programs/index.js')
  return programs.programPath(name)
}
