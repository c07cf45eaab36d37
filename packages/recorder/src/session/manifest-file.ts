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
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const found = readManifest(folder)
    const runs = (found?.runs ?? []).filter((one) => one.id !== run.id)
    const manifest: Manifest = {
      ...facts,
      ...(found !== undefined && {
        startedAt: found.startedAt,
        agent: agentOf(found.agent, facts.agent),
      }),
      runs: [...runs, run].sort((one, other) => (one.startedAt < other.startedAt ? -1 : 1)),
    }
    replace(folder, run.id, encodeManifest(manifest, crc32))
    const written = readManifest(folder)?.runs.find((one) => one.id === run.id)
    if (JSON.stringify(written) === JSON.stringify(run)) return
  }
}

// A program that an agent started can join its session under record: the session stays the agent's.
function agentOf(before: Manifest['agent'], now: Manifest['agent']): Manifest['agent'] {
  return before.name === now.name ? { ...before, ...now } : before
}

function readManifest(folder: string): Manifest | undefined {
  try {
    const descriptor = openSync(
      join(folder, SESSION_FILES.manifest),
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

// Since it was created, the folder could have been replaced by a link.
function replace(folder: string, run: string, manifest: Uint8Array): void {
  for (const one of [folder, dirname(folder)]) {
    if (!lstatSync(one).isDirectory()) throw new Error(`${one} is not a folder any more`)
  }
  const draft = join(folder, `.${SESSION_FILES.manifest}.${run}`)
  try {
    writeDraft(draft, manifest)
    renameSync(draft, join(folder, SESSION_FILES.manifest))
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
