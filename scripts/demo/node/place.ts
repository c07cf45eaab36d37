import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PACKAGE_EXPORTS } from '../../package-exports.js'
import { cacheFolder } from '../../programs/folder.js'
import { repository, terminalVariables } from '../place.js'

/** Where the demo of a Node program takes place. */
export type NodePlace = {
  /** Contains all the others. It stays until the next demo, so that the user can look around. */
  root: string
  /** The example agent, with the packages that it imports. */
  project: string
  sessions: string
  environment: Record<string, string>
}

/**
 * Prepares a place with the example agent and nothing of the user's.
 *
 * @param sdks any program in the `.bin` folder of the SDKs' `node_modules`.
 */
export function makeNodePlace(sdks: string): NodePlace {
  const root = join(cacheFolder(), 'tacho', 'demo-node')
  rmSync(root, { recursive: true, force: true, maxRetries: 5 })
  const [project, home, sessions] = ['agent', 'home', 'sessions'].map((name) => join(root, name))
  mkdirSync(home as string, { recursive: true, mode: 0o700 })
  const example = join(repository, 'examples/openai-agents')
  for (const name of ['agent.js', 'package.json'])
    cpSync(join(example, name), join(project as string, name))
  linkPackages(join(project as string, 'node_modules'), dirname(dirname(sdks)))
  return {
    root,
    project: project as string,
    sessions: sessions as string,
    environment: {
      ...terminalVariables(),
      HOME: home as string,
      TACHO_SESSIONS_DIR: sessions as string,
      // Long enough to count as a secret: it is in the environment, and in no file of the session.
      OPENAI_API_KEY: 'demo-key-0123456789abcdef',
    },
  }
}

/**
 * What `npm install` would have installed, without the network: the SDK from the cache, and Tacho
 * as built.
 */
function linkPackages(folder: string, from: string): void {
  mkdirSync(folder)
  for (const name of readdirSync(from).filter((one) => !one.startsWith('.')))
    symlinkSync(join(from, name), join(folder, name))
  const tacho = join(folder, 'tacho')
  mkdirSync(tacho)
  const manifest = { name: 'tacho', type: 'module', exports: PACKAGE_EXPORTS }
  writeFileSync(join(tacho, 'package.json'), JSON.stringify(manifest))
  for (const name of ['bin', 'dist'])
    symlinkSync(join(repository, 'packages/cli', name), join(tacho, name))
}
