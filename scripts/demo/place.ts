import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder } from '../programs/folder.js'

// From scripts/dist/demo, where this runs.
const here = dirname(fileURLToPath(import.meta.url))

/** The root of the repository. */
export const repository = join(here, '../../..')

/** What is beside this file as it is, and not compiled: the story and the project. */
export const written = join(repository, 'scripts/demo')

/** Where a demo takes place. */
export type Place = {
  /** All others are in it. It stays until the next demo, for the user to look at. */
  root: string
  sessions: string
  /** The small project that the agent works in. */
  project: string
  environment: Record<string, string>
}

// Long enough to count as a secret: it is in the environment, and in no file of the session.
export const DEMO_KEY = 'demo-key-0123456789abcdef'

/** Makes a place with the small project in it, and nothing of the user's. @param name of its folder. */
export function makePlace(name: string): Place {
  const root = join(cacheFolder(), 'tacho', name)
  rmSync(root, { recursive: true, force: true, maxRetries: 5 })
  const [home, temporary] = [join(root, 'home'), join(root, 'tmp')]
  for (const folder of [home, temporary]) mkdirSync(folder, { recursive: true, mode: 0o700 })
  const project = join(root, 'project')
  cpSync(join(written, 'project'), project, { recursive: true })
  // Codex complains about a home inside the folder of temporary files.
  const environment = { ...terminalVariables(), HOME: home, TMPDIR: temporary }
  return { root, sessions: join(root, 'sessions'), project, environment }
}

/** What a terminal program needs to know; no keys, no proxies, no settings of the user. */
export function terminalVariables(): Record<string, string> {
  const names = ['PATH', 'TERM', 'COLORTERM', 'NO_COLOR', 'FORCE_COLOR', 'COLUMNS', 'LANG', 'TZ']
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )
}
