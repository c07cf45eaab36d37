import { lstatSync, readdirSync, rmdirSync, rmSync, type Stats, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { isSessionId, SESSION_FILES } from '@tacho/format'
import type { FoundSession } from '../found-session.js'
import { isSessionFolder } from '../list-sessions.js'
import { ReaderError } from '../reader-error.js'
import { lifeOf } from '../running/is-running.js'
import { STAGING } from '../scrub/staged-files.js'
import { refuseRunning } from '../seal/seal-session.js'
import { forgetSession } from '../session-index/forget-session.js'

/** What happened to a session that was to be removed. */
export type RemovedSession = {
  /** Of its files that are ours. */
  bytes: number
  /** Their names. */
  files: string[]
  /** Files in its folder that are not Tacho's: they stay, and with them the folder. */
  kept: string[]
}

/** How long to leave a session alone that shows no sign of life but cannot be seen from here. */
const SILENT_MS = 24 * 3600 * 1000

/**
 * Removes a session: our own files in its folder, by name, and the folder once it is empty. A link
 * is removed and not followed, so the agent's own transcript stays where the agent keeps it. The
 * session's index goes first, the manifest last: if interrupted at any point, the same command
 * continues with the rest.
 *
 * @param isDry reports what would be removed, and removes nothing.
 * @throws ReaderError `running`, `newer-format`, `no-session`, `cannot-remove`.
 */
export function removeSession(
  { id, folder, root }: FoundSession,
  { isDry = false }: { isDry?: boolean } = {},
): RemovedSession {
  requireOurs(id, folder)
  refuseRunning(folder)
  if (lifeOf(folder) === 'silent' && lastChange(folder) > Date.now() - SILENT_MS) {
    throw new ReaderError('running', `The session in ${folder} may be running elsewhere.`)
  }
  const { ours, kept } = filesOf(folder)
  const removed = {
    bytes: ours.reduce((sum, { size }) => sum + size, 0),
    files: ours.map(({ name }) => name),
    kept,
  }
  if (isDry) return removed
  try {
    forgetSession(folder, root)
    // Left over from an interrupted scrub.
    rmSync(join(folder, STAGING), { recursive: true, force: true })
    for (const { name } of ours) unlinkSync(join(folder, name))
    if (kept.length === 0) rmdirSync(folder)
  } catch (cause) {
    const reason = (cause as Error).message
    throw new ReaderError('cannot-remove', `${folder} could not be removed: ${reason}.`, { cause })
  }
  return removed
}

/** Returns how many bytes removing a session would free. */
export function removableBytes(folder: string): number {
  return filesOf(folder).ours.reduce((sum, { size }) => sum + size, 0)
}

function requireOurs(id: string, folder: string): void {
  const status = lstatSync(folder, { throwIfNoEntry: false })
  if (status?.isDirectory() && isSessionId(id) && isSessionFolder(folder)) return
  throw new ReaderError('no-session', `${folder} is not a session folder.`)
}

// All of our files begin like this, including unfinished ones; a rollout is our link to the agent's
// transcript, or a copy.
const OURS = /^\.?session[._]|^rollout-[^/]*\.jsonl$/

type Removable = { name: string; size: number }

function filesOf(folder: string): { ours: Removable[]; kept: string[] } {
  const ours: Removable[] = []
  const kept: string[] = []
  for (const name of readdirSync(folder)) {
    const status = lstatSync(join(folder, name), { throwIfNoEntry: false })
    if (status === undefined || (name === STAGING && status.isDirectory())) continue
    if (OURS.test(name) && isFileOrLink(status)) ours.push({ name, size: freedBy(status) })
    else kept.push(name)
  }
  const isManifest = ({ name }: Removable): number => (name === SESSION_FILES.manifest ? 1 : 0)
  ours.sort((one, other) => isManifest(one) - isManifest(other))
  return { ours, kept }
}

function isFileOrLink(status: Stats): boolean {
  return status.isFile() || status.isSymbolicLink()
}

// If a file also has another name elsewhere, nothing is freed.
function freedBy({ nlink, size }: Stats): number {
  return nlink > 1 ? 0 : size
}

function lastChange(folder: string): number {
  const times = readdirSync(folder).map(
    (name) => lstatSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
  )
  return Math.max(0, ...times)
}
