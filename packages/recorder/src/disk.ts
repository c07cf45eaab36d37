import {
  closeSync,
  constants,
  fchmodSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  futimes,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  type Stats,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { holdFile } from './file-lock.js'

/**
 * Where an open file is. `here`: at the path it was opened by, or in a folder that was moved as a
 * whole. `elsewhere`: sealing has moved it or its contents. `nowhere`: it was removed.
 */
export type Place = 'here' | 'elsewhere' | 'nowhere'

/** The calls needed to write a log. Fault tests substitute a disk that fails on demand. */
export type Disk = {
  /** Opens for appending, creates a missing file with mode 0600, and follows no links. */
  open(path: string): number
  /** Returns how many bytes were written: fewer than requested if the disk fills up. */
  write(descriptor: number, bytes: Uint8Array, offset: number): number
  /** Returns the file's last byte, or undefined if it is empty. */
  lastByte(descriptor: number): number | undefined
  /** Returns where an open file is now. Never throws. */
  placeOf(descriptor: number, path: string): Place
  /** Sets the file's times to now. Does not wait, and never throws. */
  touch(descriptor: number): void
  sync(descriptor: number, done: (error: Error | null) => void): void
  syncNow(descriptor: number): void
  close(descriptor: number): void
}

// Opened for reading too, because the last byte shows whether the previous run left a torn line.
const APPEND =
  constants.O_APPEND |
  constants.O_CREAT |
  constants.O_RDWR |
  constants.O_NOFOLLOW |
  constants.O_NONBLOCK

/** The real disk. */
export const realDisk: Disk = {
  open: (path) => openOurs(path, isOurs),
  write: (descriptor, bytes, offset) => writeSync(descriptor, bytes, offset),
  lastByte(descriptor) {
    const { size } = fstatSync(descriptor)
    if (size === 0) return undefined
    const byte = new Uint8Array(1)
    readSync(descriptor, byte, 0, 1, size - 1)
    return byte[0]
  },
  placeOf(descriptor, path) {
    try {
      const file = fstatSync(descriptor)
      if (file.nlink === 0) return isSealed(file, path) ? 'elsewhere' : 'nowhere'
      return isNamed(file, path) ? 'here' : 'elsewhere'
    } catch (error) {
      // Its folder was removed too, or cannot be read.
      return isGone(error) ? 'nowhere' : 'here'
    }
  },
  touch(descriptor) {
    // A whole second: by this, a reader tells a sign of life from a write, whose time is finer.
    const now = Math.floor(Date.now() / 1000)
    futimes(descriptor, now, now, () => {})
  },
  sync: (descriptor, done) => fdatasync(descriptor, done),
  syncNow: (descriptor) => fdatasyncSync(descriptor),
  close: (descriptor) => closeSync(descriptor),
}

/**
 * The real disk for a session folder. It writes nothing if the folder was replaced by a link, or
 * one of its files by a hard link to another file.
 */
export const folderDisk: Disk = {
  ...realDisk,
  open(path) {
    for (let attempt = 1; ; attempt += 1) {
      // Checks the root too: a link in its place leads to a folder of the same name elsewhere.
      for (const folder of [dirname(path), dirname(dirname(path))]) {
        if (!isFolder(folder)) throw notOurs(folder)
      }
      const descriptor = openOurs(path, (file) => isOurs(file) && file.nlink === 1)
      const isHeld = holdFile(descriptor) !== 'refused'
      if (isHeld && realDisk.placeOf(descriptor, path) === 'here') return descriptor
      // Sealing took the file between the two calls. The path leads to a new file from now on.
      if (attempt >= OPEN_ATTEMPTS) return descriptor
      closeSync(descriptor)
    }
  },
}

// Checking whether a file is held locks it for some microseconds.
const OPEN_ATTEMPTS = 20

function isNamed(file: Stats, path: string): boolean {
  if (!isFolder(dirname(path))) return true
  try {
    const found = lstatSync(path)
    return found.ino === file.ino && found.dev === file.dev
  } catch (error) {
    return !isGone(error)
  }
}

/** Whether an unlinked log is kept in a sealed part, which is younger than the log. */
function isSealed(file: Stats, path: string): boolean {
  const [folder, log] = [dirname(path), basename(path, '.log')]
  return readdirSync(folder).some((name) => {
    const part = name.startsWith(`${log}.`) && SEALED_PART.test(name.slice(log.length))
    return part && lstatSync(join(folder, name)).mtimeMs >= file.birthtimeMs
  })
}

function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}

const SEALED_PART = /^\.\d+\.log\.(?:zst|gz)$/

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

function openOurs(path: string, isWanted: (file: Stats) => boolean): number {
  const descriptor = openSync(path, APPEND, 0o600)
  try {
    const file = fstatSync(descriptor)
    if (!isWanted(file)) throw notOurs(path)
    // The umask may have removed our own rights, or someone may have granted others more.
    if ((file.mode & 0o777) !== 0o600) fchmodSync(descriptor, 0o600)
    return descriptor
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

function isOurs(file: Stats): boolean {
  return file.isFile() && (process.getuid === undefined || file.uid === process.getuid())
}

function notOurs(path: string): Error {
  return Object.assign(new Error(`${path} is not ours`), { code: 'EPERM' })
}
