import {
  closeSync,
  constants,
  fchmodSync,
  fdatasyncSync,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { encodeManifest, type Manifest, type Run, SESSION_FILES } from '@tacho/format'
import type { AllScrubbed } from '@tacho/scrub'

// Without a lock, the later rename of two processes wins. Each checks that the file contains its
// own run, and writes again if not.
const ATTEMPTS = 5

// Work under the lock takes milliseconds. An older lock was left behind by a killed process.
const LOCK = { patienceMilliseconds: 250, oldMilliseconds: 1000 }

/**
 * Writes one run to the session's manifest, next to the runs that are in it. Replaces the file
 * instead of changing it, so that a kill leaves the old or the new one.
 *
 * @param facts the other members, used if there is no manifest yet.
 * @throws the file system's error if it cannot be written.
 */
export function writeRun(
  folder: string,
  facts: AllScrubbed<Omit<Manifest, 'runs'>>,
  run: AllScrubbed<Run>,
): void {
  const lock = join(folder, `.${SESSION_FILES.manifest}.lock`)
  const isOurs = isTaken(lock)
  try {
    writeAmongOthers(folder, facts, run)
  } finally {
    if (isOurs) rmSync(lock, { force: true })
  }
}

/** Takes the lock, waiting for its owner. May give up: two writers in one session are rare. */
function isTaken(lock: string): boolean {
  for (let waited = 0; waited < LOCK.patienceMilliseconds; waited += 1) {
    try {
      closeSync(openSync(lock, 'wx', 0o600))
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false
      if (isLeftBehind(lock)) rmSync(lock, { force: true })
      else Atomics.wait(NOBODY_WAKES, 0, 0, 1)
    }
  }
  return false
}

const NOBODY_WAKES = new Int32Array(new SharedArrayBuffer(4))

function isLeftBehind(lock: string): boolean {
  const found = lstatSync(lock, { throwIfNoEntry: false })
  return found !== undefined && Date.now() - found.mtimeMs > LOCK.oldMilliseconds
}

function writeAmongOthers(
  folder: string,
  facts: AllScrubbed<Omit<Manifest, 'runs'>>,
  run: AllScrubbed<Run>,
): void {
  const path = join(folder, SESSION_FILES.manifest)
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const before = identityOf(path)
    const found = readManifest(path)
    const runs = (found?.runs ?? []).filter((one) => one.id !== run.id)
    const manifest: Manifest = {
      ...facts,
      ...(found !== undefined && {
        startedAt: found.startedAt,
        agent: agentOf(found.agent, facts.agent),
      }),
      runs: [...runs, run].sort((one, other) => (one.startedAt < other.startedAt ? -1 : 1)),
    }
    // Syncing a draft can take seconds, after which others take the lock for left behind, or do
    // without. What they wrote meanwhile is not in the draft.
    const isLast = attempt === ATTEMPTS - 1
    const mayReplace = (): boolean => isLast || identityOf(path) === before
    if (!replace(folder, run.id, encodeManifest(manifest, crc32), mayReplace)) continue
    const written = readManifest(path)?.runs.find((one) => one.id === run.id)
    if (JSON.stringify(written) === JSON.stringify(run)) return
  }
}

/** Each manifest is a file of its own, which takes the place of the one before. */
function identityOf(path: string): string | undefined {
  try {
    const { dev, ino, ctimeNs } = lstatSync(path, { bigint: true })
    return `${dev} ${ino} ${ctimeNs}`
  } catch {
    return undefined
  }
}

// A program that an agent started can join its session under record: the session stays the agent's.
function agentOf(before: Manifest['agent'], now: Manifest['agent']): Manifest['agent'] {
  return before.name === now.name ? { ...before, ...now } : before
}

function readManifest(path: string): Manifest | undefined {
  try {
    const descriptor = openSync(
      path,
      // Without O_NONBLOCK, a pipe in its place would block us, and the host too.
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    )
    try {
      if (!fstatSync(descriptor).isFile()) return undefined
      const manifest = JSON.parse(readFileSync(descriptor, 'utf8')) as Manifest
      return Array.isArray(manifest.runs) ? manifest : undefined
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return undefined
  }
}

/** @returns whether it was replaced: not if it no longer may be. */
function replace(
  folder: string,
  run: string,
  manifest: Uint8Array,
  mayReplace: () => boolean,
): boolean {
  // Since it was created, the folder could have been replaced by a link.
  for (const one of [folder, dirname(folder)]) {
    if (!lstatSync(one).isDirectory()) throw new Error(`${one} is not a folder any more`)
  }
  const draft = join(folder, `.${SESSION_FILES.manifest}.${run}`)
  try {
    writeDraft(draft, manifest)
    const isReplaced = mayReplace()
    if (isReplaced) renameSync(draft, join(folder, SESSION_FILES.manifest))
    else rmSync(draft, { force: true })
    return isReplaced
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}

// Synced before the rename: otherwise a power loss can leave an empty file in place of the old one.
function writeDraft(path: string, manifest: Uint8Array): void {
  const descriptor = openSync(path, 'wx', 0o600)
  try {
    // The umask may have removed our own rights.
    fchmodSync(descriptor, 0o600)
    writeFileSync(descriptor, manifest)
    fdatasyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
