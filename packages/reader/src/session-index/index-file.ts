import { randomBytes } from 'node:crypto'
import { closeSync, constants, openSync, renameSync, rmSync, writevSync } from 'node:fs'

/**
 * Writes a file of the index, readable only by its user, in place of the existing one: concurrent
 * readers get the old or the new one. Returns whether it could; the index is optional.
 */
export function writeIndexFile(path: string, parts: readonly Uint8Array[]): boolean {
  // Several processes can write the same file: each uses a name of its own until it is complete.
  const unfinished = `${path}.${randomBytes(8).toString('hex')}${UNFINISHED}`
  try {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
    const descriptor = openSync(unfinished, flags, 0o600)
    try {
      writeAll(descriptor, parts)
    } finally {
      closeSync(descriptor)
    }
    renameSync(unfinished, path)
    return true
  } catch {
    rmSync(unfinished, { force: true })
    return false
  }
}

/** The suffix of a file that is being written, or was abandoned. */
export const UNFINISHED = '.tmp'

/** IOV_MAX is 1024 on Linux. */
const VECTOR = 1000

function writeAll(descriptor: number, parts: readonly Uint8Array[]): void {
  for (let at = 0; at < parts.length; at += VECTOR) {
    let left = parts.slice(at, at + VECTOR)
    while (left.length > 0) left = after(left, writevSync(descriptor, left))
  }
}

// A nearly full disk accepts only a part.
function after(parts: readonly Uint8Array[], written: number): Uint8Array[] {
  let skip = written
  for (const [index, part] of parts.entries()) {
    if (skip < part.length) return [part.subarray(skip), ...parts.slice(index + 1)]
    skip -= part.length
  }
  return []
}
