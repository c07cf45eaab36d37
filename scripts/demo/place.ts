import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
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
  codexHome: string
  sessions: string
  /** The small project that Codex works in. */
  project: string
  environment: Record<string, string>
}

/** Makes a place for the demo: a home for Codex and a project, with nothing of the user's in them. */
export function makePlace(codex: string): Place {
  const root = join(cacheFolder(), 'tacho', 'demo')
  rmSync(root, { recursive: true, force: true, maxRetries: 5 })
  const codexHome = join(root, 'codex')
  const project = join(root, 'project')
  const [home, temporary] = [join(root, 'home'), join(root, 'tmp')]
  for (const folder of [codexHome, home, temporary])
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  cpSync(join(written, 'project'), project, { recursive: true })
  const environment = {
    ...terminalVariables(),
    HOME: home,
    // Codex complains about a home inside the folder of temporary files.
    TMPDIR: temporary,
    CODEX_HOME: codexHome,
    TACHO_CODEX: codex,
    // Long enough to count as a secret: it is in the environment, and in no file of the session.
    CODEX_API_KEY: 'demo-key-0123456789abcdef',
  }
  return { root, codexHome, sessions: join(codexHome, 'sessions'), project, environment }
}

/** Writes Codex's settings: those that the scripted model asks for, and leave to work here. */
export function writeSettings({ codexHome, project }: Place, fromModel: string): void {
  const settings = `# The commands of the demo are those of story.json; the sandbox is not needed for them.
approval_policy = "never"
sandbox_mode = "danger-full-access"
${fromModel}
[projects.${JSON.stringify(project)}]
trust_level = "trusted"
`
  writeFileSync(join(codexHome, 'config.toml'), settings)
}

/** What a terminal program needs to know; no keys, no proxies, no settings of the user. */
export function terminalVariables(): Record<string, string> {
  const names = ['PATH', 'TERM', 'COLORTERM', 'NO_COLOR', 'FORCE_COLOR', 'COLUMNS', 'LANG', 'TZ']
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )
}
