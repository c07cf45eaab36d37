import { constants, copyFileSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { repositoryRoot } from '../../host/index.js'

/** The program's task: the JSON on its standard input. */
export type Systems = {
  /** It opens a connection to each of these in each system. */
  targets: string[]
  /** Files of /etc, as copies of others by path, and the environment. */
  systems: { files: Record<string, string>; environment: NodeJS.ProcessEnv }[]
}

/** Its output: for each system `trusted` or the error code, in the order of the targets. */
export type Outcomes = string[][]

// Runs with a test's own empty folder as /etc: it writes there and overwrites nothing.
const folder = join(repositoryRoot, 'packages/launcher/dist/network')
const load = (name: string) => import(pathToFileURL(join(folder, name)).href)

type Networks = typeof import('../../../packages/launcher/dist/network/network.js')
type Connections = typeof import('../../../packages/launcher/dist/network/open-connection.js')

const { networkOf }: Networks = await load('network.js')
const { openConnection }: Connections = await load('open-connection.js')

const { targets, systems }: Systems = JSON.parse(await text(process.stdin))
const outcomes: Outcomes = []
for (const { files, environment } of systems) {
  for (const [path, file] of Object.entries(files)) {
    mkdirSync(dirname(path), { recursive: true })
    copyFileSync(file, path, constants.COPYFILE_EXCL)
  }
  const network = networkOf(environment, { certificateVariable: 'CODEX_CA_CERTIFICATE' })
  const outcome: string[] = []
  for (const target of targets) {
    try {
      const { socket } = await openConnection(network, new URL(target))
      socket.destroy()
      outcome.push('trusted')
    } catch (error) {
      outcome.push(String((error as NodeJS.ErrnoException).code))
    }
  }
  outcomes.push(outcome)
  for (const path of Object.keys(files)) removeWithFolders(path)
}
process.stdout.write(JSON.stringify(outcomes))

/** Including folders that are empty then, because an empty one counts too. */
function removeWithFolders(path: string): void {
  rmSync(path)
  for (let parent = dirname(path); parent !== '/etc'; parent = dirname(parent)) {
    if (readdirSync(parent).length > 0) return
    rmdirSync(parent)
  }
}
