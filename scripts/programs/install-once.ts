import { randomUUID } from 'node:crypto'
import { access, constants, mkdir, rename, rm, rmdir, stat, utimes } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Program } from './program.js'
import { folderFailure, ProgramError } from './program-error.js'
import type { Progress } from './progress.js'

/** How often a maker shows that it is alive, and how often the others look. Milliseconds. */
const HEARTBEAT = 1_000

/** After this long without a sign of life, a claim has lost its maker. Milliseconds. */
const ABANDONED = 15 * HEARTBEAT

/**
 * Makes a program in a temporary folder and renames it into place once it is complete.
 *
 * One process makes it under a claim: the folder `<folder>.partial`, which it touches while it is
 * alive. The others wait; a claim whose maker died is removed. The claim only saves work: if two
 * processes do make the program at once, each uses its own folder, and the second to finish uses
 * what the first put in place.
 *
 * @throws ProgramError if the program cannot be made or its folder cannot be written.
 */
export async function installOnce(
  folder: string,
  program: Pick<Program, 'executable' | 'make'>,
  progress: Pick<Progress, 'step'>,
): Promise<void> {
  const claim = `${folder}.partial`
  let waits = false
  while (!(await isExecutable(join(folder, program.executable)))) {
    if (await isClaimed(claim)) {
      await makeUnderClaim(claim, folder, program, progress)
      continue
    }
    if (!waits) progress.step('waiting for another process that installs it')
    waits = true
    await pause(HEARTBEAT)
  }
}

/** Whether an executable file is there. */
export async function isExecutable(file: string): Promise<boolean> {
  return succeeds(access(file, constants.X_OK))
}

/** Tries to take the claim. */
async function isClaimed(claim: string): Promise<boolean> {
  try {
    await mkdir(dirname(claim), { recursive: true, mode: 0o700 })
    await clearAbandoned(claim)
    await mkdir(claim)
    return true
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return false
    throw folderFailure(claim, cause)
  }
}

// Renamed before it is removed: only one of those who find it gets it, and the place is free at
// once.
async function clearAbandoned(claim: string): Promise<void> {
  const found = await stat(claim).catch(() => undefined)
  if (found === undefined || Date.now() - found.mtimeMs < ABANDONED) return
  const away = `${claim}.${randomUUID()}`
  if (await succeeds(rename(claim, away))) await rm(away, { recursive: true, force: true })
}

async function makeUnderClaim(
  claim: string,
  folder: string,
  { executable, make }: Pick<Program, 'executable' | 'make'>,
  { step }: Pick<Progress, 'step'>,
): Promise<void> {
  const heartbeat = setInterval(() => succeeds(utimes(claim, new Date(), new Date())), HEARTBEAT)
  const partial = join(claim, randomUUID())
  try {
    // The previous holder may have finished between our look and our claim.
    if (await isExecutable(join(folder, executable))) return
    await mkdir(partial)
    await make(partial, step)
    await putIntoPlace(partial, folder, executable)
  } catch (cause) {
    throw cause instanceof ProgramError ? cause : folderFailure(partial, cause)
  } finally {
    clearInterval(heartbeat)
    await rm(partial, { recursive: true, force: true })
    // Not recursive: if this process was suspended for a while, the claim may belong to another by
    // now.
    await succeeds(rmdir(claim))
  }
}

async function putIntoPlace(partial: string, folder: string, executable: string): Promise<void> {
  if (!(await isExecutable(join(partial, executable)))) {
    throw new ProgramError(
      `The install of ${basename(folder)} went through, but there is no ${executable} in it. ` +
        'Was it made for another platform? Look at the settings of npm (os, cpu) or Go (GOOS, GOARCH).',
    )
  }
  if (await succeeds(rename(partial, folder))) return
  if (await isExecutable(join(folder, executable))) return
  // A folder without its executable is damaged: something cleared part of the cache.
  await rm(folder, { recursive: true, force: true })
  await rename(partial, folder)
}

function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  )
}

function codeOf(cause: unknown): string | undefined {
  return (cause as NodeJS.ErrnoException).code
}
