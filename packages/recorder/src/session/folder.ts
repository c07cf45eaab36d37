import {
  chmodSync,
  close,
  constants,
  fsync,
  lstatSync,
  mkdirSync,
  open,
  renameSync,
  rmdirSync,
} from 'node:fs'
import { constants as errorNumbers } from 'node:os'
import { join } from 'node:path'
import { SESSION_FILES, systemErrorCode } from '@tacho/format'
import { makeFolders } from '../make-folders.js'

/** Why nothing can be recorded. The message says where, and what to do about it. */
export class CannotRecord extends Error {
  override readonly name = 'CannotRecord'
  readonly code = 'cannot-record'
}

/**
 * Creates a session's private folder under the root, and the root if needed.
 *
 * @throws CannotRecord if the root or the folder cannot be created, is not a folder, is not ours or
 * can be written by others.
 */
export function makeSessionFolder(root: string, id: string): string {
  inWords(root, () => isThere(root) || makeFolders(root, 0o700))
  requirePrivate(root)
  const folder = join(root, id)
  inWords(folder, () => mkdirSync(folder, { mode: 0o700 }))
  // The umask may have removed more than the rights of the group and others.
  inWords(folder, () => chmodSync(folder, 0o700))
  return folder
}

/**
 * Gives a session folder its final name.
 *
 * @returns whether it succeeded; if not, an earlier run's folder exists, and this one joins it.
 * @throws CannotRecord if that folder is not ours or cannot be renamed.
 */
export function renameSessionFolder(folder: string, wanted: string): boolean {
  try {
    renameSync(folder, wanted)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const isTaken = code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOTDIR'
    if (!isTaken) throw refusal(wanted, error)
    requirePrivate(wanted)
    requireSession(wanted)
    return false
  }
}

/** Removes a folder that was joined into another, unless something is left in it. */
export function removeEmptyFolder(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // It contains something that Tacho did not put there.
  }
}

/** Makes the names in a folder survive a power loss, off the host's path. Never throws. */
export function syncFolder(folder: string): void {
  open(folder, constants.O_RDONLY | constants.O_DIRECTORY, (error, descriptor) => {
    if (error !== null) return
    fsync(descriptor, () => close(descriptor, () => {}))
  })
}

// A dangling link exists too.
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

function requirePrivate(folder: string): void {
  const found = inWords(folder, () => lstatSync(folder))
  if (found.isSymbolicLink()) {
    throw new CannotRecord(
      `${folder} is a symbolic link. Name the folder that it points to instead.`,
    )
  }
  if (!found.isDirectory()) {
    throw new CannotRecord(
      `${folder} is not a folder. Move it away, or name another place with --sessions-dir.`,
    )
  }
  if (process.getuid !== undefined && found.uid !== process.getuid()) {
    throw new CannotRecord(
      `${folder} belongs to somebody else. Name another place with --sessions-dir.`,
    )
  }
  if ((found.mode & 0o022) !== 0) {
    throw new CannotRecord(`${folder} can be written by others. Run: chmod go-w '${folder}'`)
  }
}

// The agent keeps folders of its own next to ours, and an id may be anything.
function requireSession(folder: string): void {
  const names = Object.values(SESSION_FILES)
  if (names.some((name) => isThere(join(folder, name)))) return
  throw new CannotRecord(`${folder} is there already, and holds no session.`)
}

function inWords<Result>(path: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw refusal(path, error)
  }
}

const REASONS: Record<string, string> = {
  EACCES:
    'permission denied. Give yourself write permission, or name another place with --sessions-dir.',
  EPERM:
    'permission denied. Give yourself write permission, or name another place with --sessions-dir.',
  EROFS: 'the file system is read-only. Name another place with --sessions-dir.',
  ENOSPC: 'no space is left on the disk. Make room, or name another place with --sessions-dir.',
  EDQUOT: 'the disk quota is used up. Make room, or name another place with --sessions-dir.',
  ENOTDIR: 'a file is in its way. Move it, or name another place with --sessions-dir.',
  EEXIST: 'a file is in its place. Move it, or name another place with --sessions-dir.',
}

function refusal(path: string, error: unknown): CannotRecord {
  if (error instanceof CannotRecord) return error
  const code = systemErrorCode(error, errorNumbers.errno) ?? ''
  const reason = REASONS[code] ?? (error as Error).message
  return new CannotRecord(`${path}: ${reason}`, { cause: error })
}
