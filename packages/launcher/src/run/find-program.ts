import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** What a shim of ours has in its first lines, so that it is never taken for the real program. */
export const SHIM_MARK = 'tacho-shim'

/** There is no Codex to run. */
export class NoCodex extends Error {
  override readonly name = 'NoCodex'
  readonly exitCode = 127
}

/**
 * The path of the real `codex`: what TACHO_CODEX names, else the first on PATH that is no shim.
 *
 * @throws NoCodex where there is none; the message says what to install.
 */
export function findCodex(environment: NodeJS.ProcessEnv): string {
  const named = environment.TACHO_CODEX
  if (named) {
    if (!isProgram(named)) {
      throw new NoCodex(`TACHO_CODEX names ${named}, which is no program that can be run.`)
    }
    if (isShim(named)) throw new NoCodex(`TACHO_CODEX names ${named}, which is Tacho's own shim.`)
    return named
  }
  const found = codexesOnPath(environment).find((path) => !isShim(path))
  if (found === undefined) {
    throw new NoCodex(
      'There is no codex on PATH. Install it: npm install -g @openai/codex, or name it: TACHO_CODEX=/path/to/codex',
    )
  }
  return found
}

/** Every `codex` on PATH, in order, shims included. */
export function codexesOnPath(environment: NodeJS.ProcessEnv): string[] {
  return (environment.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'codex'))
    .filter(isProgram)
}

/** Whether a program is a shim that {@link SHIM_MARK} marks. */
export function isShim(path: string): boolean {
  const head = Buffer.alloc(256)
  try {
    const descriptor = openSync(path, constants.O_RDONLY)
    try {
      readSync(descriptor, head, 0, head.length, 0)
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return false
  }
  return head.includes(SHIM_MARK)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
