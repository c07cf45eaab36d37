import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { SessionOnDisk } from '../../agents/session-on-disk.js'
import { cleanEnvironment, type Ended, eventually, repositoryRoot, run } from '../../host/index.js'

/** The built `tacho/register`, as `--import` takes it. */
export const registerUrl = pathToFileURL(join(repositoryRoot, 'packages/cli/bin/register.mjs')).href

export type HostRun = {
  /** The Node that runs it; default: our own. */
  node?: string
  environment?: Record<string, string | undefined>
  /** Arguments of Node before the script. */
  options?: readonly string[]
  args?: readonly string[]
}

/** A folder with a program in it, and a place for its sessions. */
export type HostPlace = {
  folder: string
  /** Writes a file into the folder. */
  file(name: string, text: string): string
  /** Runs it without Tacho. */
  alone(script: string, how?: HostRun): Promise<Ended>
  /**
   * Runs it with `node --import tacho/register`, until everything that records it has ended as
   * well.
   */
  recorded(script: string, how?: HostRun): Promise<Ended>
  sessions(): SessionOnDisk[]
  /** The only session. */
  session(): SessionOnDisk
  [Symbol.dispose](): void
}

export function hostPlace(): HostPlace {
  const folder = mkdtempSync(join(tmpdir(), 'tacho-host-'))
  const root = join(folder, 'sessions')
  const home = join(folder, 'home')
  mkdirSync(home)
  const environment = cleanEnvironment(
    { codexHome: join(home, '.codex'), userHome: home, temporary: tmpdir() },
    { TACHO_SESSIONS_DIR: root },
  )
  const runWith = (script: string, how: HostRun, own: Record<string, string>, ours: string[]) => {
    const { node = process.execPath, options = [], args = [] } = how
    const env = { ...environment, ...own, ...how.environment }
    return run([node, ...ours, ...options], [join(folder, script), ...args], { env, cwd: folder })
  }
  const sessions = () =>
    existsSync(root)
      ? readdirSync(root)
          .sort()
          .map((id) => new SessionOnDisk(join(root, id)))
      : []
  return {
    folder,
    file(name, text) {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    },
    alone: (script, how = {}) => runWith(script, how, {}, []),
    async recorded(script, how = {}) {
      const own = { TACHO_PERSIST_SESSION: '1' }
      const ended = await runWith(script, how, own, ['--import', registerUrl])
      await recordersEnded(root)
      return ended
    },
    sessions,
    session() {
      const [only, ...more] = sessions()
      if (only === undefined || more.length > 0) throw new Error(`${1 + more.length} sessions`)
      return only
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/**
 * Waits for the processes that record into a place to end: they outlive their hosts by a moment.
 *
 * @param root the folder of sessions, or the user's home folder.
 */
export async function recordersEnded(root: string): Promise<void> {
  await eventually(() => {
    if (recordersIn(root).length > 0) throw new Error('It is still being recorded.')
  })
}

/** The ids of the processes that record into a place. */
export function recordersIn(root: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isRecorder(pid, root))
}

function isRecorder(pid: number, root: string): boolean {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    if (!command.includes('host-recorder.cjs')) return false
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8')
    return environment
      .split('\0')
      .some((one) => /^(?:HOME|TACHO_SESSIONS_DIR)=/.test(one) && one.endsWith(`=${root}`))
  } catch {
    // It has ended by now.
    return false
  }
}
