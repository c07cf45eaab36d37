import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { AgentProgram } from '../agents/agent.js'

/** Appears in the first lines of Tacho's shims, so that none is taken for the real program. */
export const SHIM_MARK = 'tacho-shim'

/** There is no agent to run. */
export class NoProgram extends Error {
  override readonly name = 'NoProgram'
  readonly code = 'no-program'
  readonly exitCode = 127
}

/**
 * Returns the path of an agent's real program: the one named by Tacho's variable, else the first on
 * PATH that is not a shim.
 *
 * @throws NoProgram if there is none; the message says what to install.
 */
export function findProgram(
  { command, variable, install }: AgentProgram,
  environment: NodeJS.ProcessEnv,
): string {
  const named = environment[variable]
  if (named) {
    if (!isProgram(named)) {
      throw new NoProgram(`${variable} names ${named}, which is not an executable program.`)
    }
    if (isShim(named)) throw new NoProgram(`${variable} names ${named}, which is Tacho's own shim.`)
    return named
  }
  const found = programsOnPath(command, environment).find((path) => !isShim(path))
  if (found === undefined) {
    throw new NoProgram(
      `There is no ${command} on PATH. Install it: ${install}, or name it: ${variable}=/path/to/${command}`,
    )
  }
  return found
}

/**
 * Returns the path of a program that the user named as in a shell: the first on PATH that is not a
 * Tacho shim, which would record it again, or the name itself if there is none.
 */
export function findNamed(command: string, environment: NodeJS.ProcessEnv): string {
  if (command.includes('/')) return command
  return programsOnPath(command, environment).find((path) => !isShim(path)) ?? command
}

/** Returns every program of this name on PATH, in order, including shims. */
export function programsOnPath(command: string, environment: NodeJS.ProcessEnv): string[] {
  return (environment.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, command))
    .filter(isProgram)
}

/** Whether a program is a shim, marked by {@link SHIM_MARK}. */
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
