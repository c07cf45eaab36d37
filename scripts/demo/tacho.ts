import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { repository } from './place.js'
import type { Recorded } from './recorded.js'
import { say } from './stage.js'

const TACHO = join(repository, 'packages/cli/bin/tacho.js')

type Place = { environment: Record<string, string>; project: string; sessions: string }

/** Runs the command, so that what it prints is seen. */
export async function runTacho(
  { environment, project, sessions }: Place,
  args: string[],
  title?: string,
): Promise<void> {
  if (title !== undefined) say(title)
  const child = spawn(process.execPath, [TACHO, ...args], {
    cwd: project,
    env: { ...environment, TACHO_SESSIONS_DIR: sessions },
    // Codex reads what a pipe still has for it, and waits for its end.
    stdio: [process.stdin.isTTY ? 'inherit' : 'ignore', 'inherit', 'inherit'],
  })
  await once(child, 'close')
}

/** The session that Tacho itself finds whole: it ended, each of its exchanges did, and as they should. */
export function recordedIn(
  { environment, sessions }: Place,
  isWhole: (session: ListedSession) => boolean,
): Recorded | undefined {
  const args = [TACHO, 'ls', '--json', '--sessions-dir', sessions]
  const { stdout } = spawnSync(process.execPath, args, { env: environment, encoding: 'utf8' })
  const [session] = JSON.parse(stdout || '[]') as ListedSession[]
  if (session?.ended !== 'completed' || session.exchanges.inFlight > 0) return undefined
  return isWhole(session) ? { id: session.id, folder: session.folder } : undefined
}

/** What `tacho ls --json` says of it. */
type ListedSession = Recorded & {
  ended: string | null
  exchanges: { completed: number; inFlight: number }
  errors: number
  approvals: number
  cancellations: number
}
