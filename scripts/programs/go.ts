import { ProgramError } from './program-error.js'
import { runCommand } from './run-command.js'

/** The output of `go mod download -json` for a module. */
export type GoModule = {
  Path: string
  Version: string
  /** Its folder in the module cache, read-only. */
  Dir: string
  /** Checksums of its files and of its go.mod alone. */
  Sum: string
  GoModSum: string
}

/** A module with a known checksum. */
export type PinnedModule = { path: string; version: string; sum: string }

/**
 * The oldest Go that the modules of Jaeger and the Collector accept (the `go` line of their
 * go.mod).
 */
const OLDEST_GO = '1.25'

const missing = `Install Go ${OLDEST_GO} or newer (https://go.dev/doc/install) and run it again.`

/** A third smaller, and without paths of this machine. */
export const BUILD_FLAGS = ['-trimpath', '-ldflags=-s -w']

/**
 * Runs `go` in a folder and returns its stdout. Uses the user's module and build caches.
 *
 * @throws ProgramError if Go is missing or fails.
 */
export function go(
  cwd: string,
  commandArguments: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  return runCommand('go', commandArguments, { cwd, env: { GOWORK: 'off', ...env }, missing })
}

/**
 * Downloads a module to the user's module cache and checks that it is the pinned one.
 *
 * @throws ProgramError if Go is missing or too old, or the module is a different one.
 */
export async function downloadModule(
  cwd: string,
  { path, version, sum }: PinnedModule,
): Promise<GoModule> {
  await checkGo(cwd)
  const module = JSON.parse(await go(cwd, ['mod', 'download', '-json', `${path}@${version}`]))
  if (module.Sum === sum) return module
  throw new ProgramError(
    `${path} ${version} has the checksum ${module.Sum}, not ${sum}: it is not the module that was ` +
      'reviewed. Look at GOPROXY and `go env GOMODCACHE`; run `go clean -modcache` if the cache is at fault.',
  )
}

async function checkGo(cwd: string): Promise<void> {
  const version = (await go(cwd, ['env', 'GOVERSION'])).trim()
  const isOld = version.localeCompare(`go${OLDEST_GO}`, 'en', { numeric: true }) < 0
  if (isOld) throw new ProgramError(`${version} is too old. ${missing}`)
}
