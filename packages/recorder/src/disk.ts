import {
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs'

/** The calls that writing a log needs. The fault tests put a disk in its place that fails on demand. */
export type Disk = {
  /** Opens for appending, makes the file 0600 where there is none, and follows no link. */
  open(path: string): number
  /** Returns how many bytes were written: fewer than asked for on a disk that gets full. */
  write(descriptor: number, bytes: Uint8Array, offset: number): number
  /** The last byte of the file, or nothing where it is empty. */
  lastByte(descriptor: number): number | undefined
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
  open(path) {
    const descriptor = openSync(path, APPEND, 0o600)
    const file = fstatSync(descriptor)
    const isOurs = process.getuid === undefined || file.uid === process.getuid()
    if (file.isFile() && isOurs) return descriptor
    closeSync(descriptor)
    throw Object.assign(new Error(`${path} is not a file of ours`), { code: 'EPERM' })
  },
  write: (descriptor, bytes, offset) => writeSync(descriptor, bytes, offset),
  lastByte(descriptor) {
    const { size } = fstatSync(descriptor)
    if (size === 0) return undefined
    const byte = new Uint8Array(1)
    readSync(descriptor, byte, 0, 1, size - 1)
    return byte[0]
  },
  sync: (descriptor, done) => fdatasync(descriptor, done),
  syncNow: (descriptor) => fdatasyncSync(descriptor),
  close: (descriptor) => closeSync(descriptor),
}
