import { access, constants, mkdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Program } from './program.js'
import { folderFailure } from './program-error.js'
import type { Progress } from './progress.js'

/** How often a maker touches its folder, and how often those who wait look. Milliseconds. */
const HEARTBEAT = 1_000

/** A half-made folder that nobody touched for so long has lost its maker. Milliseconds. */
const ABANDONED = 15 * HEARTBEAT

/**
 * Makes a program in a folder beside its own and renames it into place when it is whole, so that
 * a folder of a program is either whole or not there. The half-made folder is also the lock: who
 * finds one that is alive waits for it, and who finds one whose maker died begins anew.
 *
 * @throws ProgramError where the program cannot be made or its folder not be written.
 */
export async function installOnce(
  folder: string,
  program: Pick<Program, 'executable' | 'make'>,
  progress: Pick<Progress, 'step'>,
): Promise<void> {
  const partial = `${folder}.partial`
  let waits = false
  while (!(await isExecutable(join(folder, program.executable)))) {
    if (await claim(partial)) {
      await makeIn(partial, folder, program, progress)
      continue
    }
    if (!waits) progress.step('waiting for another process that installs it')
    waits = true
    await pause(HEARTBEAT)
  }
}

/** Whether there is a file that can be run. */
export async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
}

async function claim(partial: string): Promise<boolean> {
  try {
    await mkdir(dirname(partial), { recursive: true, mode: 0o700 })
    await removeAbandoned(partial)
    await mkdir(partial)
    return true
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return false
    throw folderFailure(partial, cause)
  }
}

// Renamed before it is removed: of two who find it, one gets it, and a new one can be made at once.
async function removeAbandoned(partial: string): Promise<void> {
  const found = await stat(partial).catch(() => undefined)
  if (found === undefined || Date.now() - found.mtimeMs < ABANDONED) return
  const away = `${partial}.${process.pid}`
  const isOurs = await rename(partial, away).then(
    () => true,
    () => false,
  )
  if (isOurs) await rm(away, { recursive: true, force: true })
}

async function makeIn(
  partial: string,
  folder: string,
  { executable, make }: Pick<Program, 'executable' | 'make'>,
  { step }: Pick<Progress, 'step'>,
): Promise<void> {
  const touch = () => utimes(partial, new Date(), new Date()).catch(() => {})
  const heartbeat = setInterval(touch, HEARTBEAT)
  try {
    // Whoever held the claim before us may have finished just then.
    if (await isExecutable(join(folder, executable))) return
    await make(partial, step)
    // What is there without its executable is damaged: somebody cleared a part of the cache.
    await rm(folder, { recursive: true, force: true })
    await rename(partial, folder)
  } finally {
    clearInterval(heartbeat)
    await rm(partial, { recursive: true, force: true })
  }
}

function codeOf(cause: unknown): string | undefined {
  return (cause as NodeJS.ErrnoException).code
}
