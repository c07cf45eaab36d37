import { closeSync, constants, openSync, readFileSync, rmSync } from 'node:fs'
import type { ScrubbedBytes } from '@tacho/scrub'
import type { AppendFile } from '../append-file.js'

/**
 * Continues the log of an earlier run, including what this run has written so far. Never throws:
 * what cannot be moved over stays where it is, and counts as lost in the continued log.
 */
export function joinLog(file: AppendFile, from: string, to: string): void {
  file.moveTo(to)
  const written = readOurs(from)
  const isJoined = written === undefined ? file.lose({ joined: 1 }) : isAppended(file, written)
  if (isJoined) removeQuietly(from)
  else file.breakOff()
}

function isAppended(file: AppendFile, bytes: Uint8Array): boolean {
  // They were scrubbed before they were written.
  return bytes.length === 0 || file.append(bytes as ScrubbedBytes, 'joined')
}

/**
 * Returns the file's bytes; none if it does not exist, because it could never be opened; undefined
 * if it cannot be read.
 */
function readOurs(path: string): Uint8Array | undefined {
  try {
    const descriptor = openSync(
      path,
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    )
    try {
      return readFileSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? new Uint8Array(0) : undefined
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // A second copy is no loss.
  }
}
