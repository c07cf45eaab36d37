import { closeSync, constants, fstatSync, openSync } from 'node:fs'

/** An open file of a session. */
export type RegularFile = { descriptor: number; size: number; [Symbol.dispose]: () => void }

/** Why a file was not opened. `missing` is not damage if the file is optional. */
export type Refusal = { refused: 'missing' | 'foreign' | 'unreadable'; reason: string }

/**
 * Opens a file for reading if it is a regular file: links are not followed, and pipes and devices
 * are neither waited for nor read. Never throws.
 */
export function openRegular(path: string): RegularFile | Refusal {
  let descriptor: number
  try {
    // Without O_NONBLOCK, opening a FIFO waits for a writer.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (cause) {
    return refusalOf(cause)
  }
  try {
    const status = fstatSync(descriptor)
    if (status.isFile()) {
      return { descriptor, size: status.size, [Symbol.dispose]: () => closeQuietly(descriptor) }
    }
    closeQuietly(descriptor)
    return { refused: 'foreign', reason: 'not a plain file' }
  } catch (cause) {
    closeQuietly(descriptor)
    return refusalOf(cause)
  }
}

function closeQuietly(descriptor: number): void {
  try {
    closeSync(descriptor)
  } catch {
    // Everything was read already.
  }
}

function refusalOf(cause: unknown): Refusal {
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause)
  if (code === 'ENOENT') return { refused: 'missing', reason: 'not there' }
  if (code === 'ELOOP') return { refused: 'foreign', reason: 'a symbolic link, not followed' }
  if (code === 'ENXIO') return { refused: 'foreign', reason: 'not a plain file' }
  return { refused: 'unreadable', reason: `cannot be opened (${code})` }
}
