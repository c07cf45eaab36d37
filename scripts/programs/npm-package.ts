import { runCommand } from './run-command.js'

/**
 * Installs npm packages into the `node_modules` of a folder.
 *
 * @param specs names and versions: `@openai/codex@0.169.0`.
 * @throws ProgramError if one cannot be installed.
 */
export function installPackage(folder: string, ...specs: string[]): Promise<void> {
  return install(folder, '--include=optional', specs)
}

/** The same without native programs, which are optional dependencies. */
export function installWithoutNatives(folder: string, ...specs: string[]): Promise<void> {
  return install(folder, '--omit=optional', specs)
}

async function install(
  folder: string,
  natives: '--include=optional' | '--omit=optional',
  specs: readonly string[],
): Promise<void> {
  const options = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund']
  // Stated explicitly, because `npm run` and the user's settings pass their own on: a native
  // program is an optional dependency, and a workspace or global install would go elsewhere.
  const here = [
    '--prefix',
    folder,
    natives,
    '--global=false',
    '--workspaces=false',
    '--engine-strict=false',
  ]
  await runCommand('npm', ['install', ...here, ...options, ...specs], {
    cwd: folder,
    missing: 'Install Node with its npm (https://nodejs.org) and run it again.',
  })
}
