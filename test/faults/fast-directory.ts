import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

const directories: string[] = []
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true })
})

/**
 * An empty folder, in memory if the system has such a place, removed when the test file is done:
 * for thousands of runs that would otherwise wait for syncs.
 */
export function fastDirectory(): string {
  const directory = mkdtempSync(join(memory(), 'tacho-faults-'))
  directories.push(directory)
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
