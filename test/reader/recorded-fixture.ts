import { chmodSync, cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sessionsDirectory } from './session-folder.js'

export const FIXTURE_ID = '01a22000-0000-7000-8000-000000000001'

/**
 * A session of `test/fixtures/sessions` in a folder of its own, with the modes of a recorded one.
 */
export function fixtureSession(name: 'plain' | 'tacho-0.1.0' | 'future'): {
  directory: string
  folder: string
} {
  const directory = sessionsDirectory()
  const folder = join(directory, FIXTURE_ID)
  const from = fileURLToPath(new URL(`../fixtures/sessions/${name}`, import.meta.url))
  cpSync(from, folder, { recursive: true })
  chmodSync(folder, 0o700)
  for (const file of readdirSync(folder)) chmodSync(join(folder, file), 0o600)
  return { directory, folder }
}
