import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder } from '../programs/folder.js'

// This runs from scripts/dist/demo.
const here = dirname(fileURLToPath(import.meta.url))

/** The root of the repository. */
export const repository = join(here, '../../..')

/** The story and the project, which are used as they are and not compiled. */
export const written = join(repository, 'scripts/demo')

/** Where a demo takes place. */
export type Place = {
  /** Contains all the others. It stays until the next demo, so that the user can look around. */
  root: string
  sessions: string
  /** The small project that the agent works in. */
  project: string
  environment: Record<string, string>
}

// Long enough to count as a secret: it is in the environment, and in no file of the session.
export const DEMO_KEY = 'demo-key-0123456789abcdef'

/** Prepares a place with the small project and nothing of the user's. @param name of its folder. */
export function makePlace(name: string): Place {
  const root = join(cacheFolder(), 'tacho', name)
  rmSync(root, { recursive: true, force: true, maxRetries: 5 })
  const [home, temporary] = [join(root, 'home'), join(root, 'tmp')]
  for (const folder of [home, temporary]) mkdirSync(folder, { recursive: true, mode: 0o700 })
  const project = join(root, 'project')
  cpSync(join(written, 'project'), project, { recursive: true })
  // Codex complains about a home inside the temporary folder.
  const environment = { ...terminalVariables(), HOME: home, TMPDIR: temporary }
  return { root, sessions: join(root, 'sessions'), project, environment }
}

/** What a terminal program needs: no keys, no proxies, no user settings. */
export function terminalVariables(): Record<string, string> {
  const names = ['PATH', 'TERM', 'COLORTERM', 'NO_COLOR', 'FORCE_COLOR', 'COLUMNS', 'LANG', 'TZ']
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )
}
