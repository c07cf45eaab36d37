import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atEndOfFile } from '../end-of-file.js'

/**
 * An empty folder, in memory if the system has such a place, removed when the test file is done:
 * for thousands of runs that would otherwise wait for syncs.
 */
export function fastDirectory(): string {
  const directory = mkdtempSync(join(memory(), 'tacho-faults-'))
  atEndOfFile(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

function memory(): string {
  try {
    accessSync('/dev/shm', constants.W_OK)
    return '/dev/shm'
  } catch {
    return tmpdir()
  }
}
