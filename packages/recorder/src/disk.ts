import {
  closeSync,
  constants,
  fchmodSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  type Stats,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'

/** The calls that writing a log needs. The fault tests put a disk in its place that fails on demand. */
export type Disk = {
  /** Opens for appending, makes the file 0600 where there is none, and follows no link. */
  open(path: string): number
  /** Returns how many bytes were written: fewer than asked for on a disk that gets full. */
  write(descriptor: number, bytes: Uint8Array, offset: number): number
  /** The last byte of the file, or nothing where it is empty. */
  lastByte(descriptor: number): number | undefined
  /** Whether the file still has a name. Never throws. */
  isLinked(descriptor: number): boolean
  sync(descriptor: number, done: (error: Error | null) => void): void
  syncNow(descriptor: number): void
  close(descriptor: number): void
}

// Opened for reading as well, for the last byte tells whether the last run's tail is torn.
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
  isLinked(descriptor) {
    try {
      return fstatSync(descriptor).nlink > 0
    } catch {
      return true
    }
  },
  sync: (descriptor, done) => fdatasync(descriptor, done),
  syncNow: (descriptor) => fdatasyncSync(descriptor),
  close: (descriptor) => closeSync(descriptor),
}

/**
 * The real disk for the files of a session folder: whoever puts a link in place of the folder, or a
 * second name for another file in place of one of its files, gets nothing written into that.
 */
export const folderDisk: Disk = {
  ...realDisk,
  open(path) {
    if (!lstatSync(dirname(path)).isDirectory()) throw notOurs(dirname(path))
    return openOurs(path, (file) => isOurs(file) && file.nlink === 1)
  },
}

function openOurs(path: string, isWanted: (file: Stats) => boolean): number {
  const descriptor = openSync(path, APPEND, 0o600)
  try {
    const file = fstatSync(descriptor)
    if (!isWanted(file)) throw notOurs(path)
    // The umask may have taken rights of our own away, and somebody given others more.
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
  return Object.assign(new Error(`${path} is none of ours`), { code: 'EPERM' })
}
