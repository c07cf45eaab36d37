import { closeSync, constants, fstatSync, openSync } from 'node:fs'
import { createRequire } from 'node:module'

/** An open file whose writers are known. */
export type OwnFile = {
  descriptor: number
  /** Somebody has it open for writing. Without locks, nobody is known to. */
  isHeld: boolean
  [Symbol.dispose]: () => void
}

type Locks = {
  tryLock(fd: number, offset: number, length: number, options: { shared: boolean }): boolean
}

let locks: Locks | undefined | 'not looked for' = 'not looked for'

/**
 * Opens a regular file and, if no recorder holds it, locks it until it is disposed of: a recorder
 * that comes meanwhile opens another one. Undefined if it is not a regular file that we may write.
 */
export function ownFile(path: string): OwnFile | undefined {
  const descriptor = openForLock(path)
  if (descriptor === undefined) return undefined
  return {
    descriptor,
    isHeld: !isTaken(descriptor),
    [Symbol.dispose]: () => closeQuietly(descriptor),
  }
}

// An exclusive lock needs a descriptor that can write (fcntl_locking(2)).
function openForLock(path: string): number | undefined {
  let descriptor: number | undefined
  try {
    descriptor = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    if (fstatSync(descriptor).isFile()) return descriptor
  } catch {
    // It is missing, or not ours to write: its lock cannot be tested.
  }
  if (descriptor !== undefined) closeQuietly(descriptor)
  return undefined
}

function closeQuietly(descriptor: number): void {
  try {
    closeSync(descriptor)
  } catch {
    // Closing has released the lock.
  }
}

function isTaken(descriptor: number): boolean {
  if (locks === 'not looked for') locks = findLocks()
  try {
    return locks?.tryLock(descriptor, 0, 0, { shared: false }) ?? true
  } catch {
    return true
  }
}

// As in recorder/file-lock.ts: native, and optional.
function findLocks(): Locks | undefined {
  if (process.platform === 'win32') return undefined
  try {
    return createRequire(import.meta.url)('fs-native-extensions') as Locks
  } catch {
    return undefined
  }
}
