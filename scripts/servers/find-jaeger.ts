import { stat } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import { ProgramError, programPath } from '../programs/index.js'
import { isExecutable } from '../programs/install-once.js'

/**
 * The Jaeger to run: the one that `TACHO_JAEGER` names, or the first `jaeger` on PATH, because a
 * release has the page; otherwise the one that we build, installed if it is missing.
 *
 * @throws ProgramError if `TACHO_JAEGER` names none, or none can be built.
 */
export async function findJaeger(environment: NodeJS.ProcessEnv): Promise<string> {
  const named = environment.TACHO_JAEGER
  if (named !== undefined && named !== '') {
    if (await isProgram(named)) return resolve(named)
    throw new ProgramError(
      `TACHO_JAEGER names ${named}, which is not an executable program. Correct it or unset it.`,
    )
  }
  for (const folder of (environment.PATH ?? '').split(delimiter)) {
    const file = join(folder, 'jaeger')
    if (folder !== '' && (await isProgram(file))) return file
  }
  try {
    return await programPath('jaeger')
  } catch (cause) {
    if (!(cause instanceof ProgramError)) throw cause
    const released = 'Or put a released jaeger on PATH (docs/jaeger.md): that needs no Go.'
    throw new ProgramError(`${cause.message}\n${released}`, { cause })
  }
}

/** A folder can be executable too. */
async function isProgram(path: string): Promise<boolean> {
  return (await isExecutable(path)) && (await stat(path)).isFile()
}
