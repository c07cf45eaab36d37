import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { repository } from './place.js'
import type { Recorded } from './recorded.js'
import { say } from './stage.js'

const TACHO = join(repository, 'packages/cli/bin/tacho.js')

type Place = { environment: Record<string, string>; project: string; sessions: string }

/** Runs the command with its output visible. */
export async function runTacho(
  { environment, project, sessions }: Place,
  args: string[],
  title?: string,
): Promise<void> {
  if (title !== undefined) say(title)
  const child = spawn(process.execPath, [TACHO, ...args], {
    cwd: project,
    env: { ...environment, TACHO_SESSIONS_DIR: sessions },
    // Otherwise Codex waits for the end of a pipe on its standard input.
    stdio: [process.stdin.isTTY ? 'inherit' : 'ignore', 'inherit', 'inherit'],
  })
  await once(child, 'close')
}

/**
 * The session, if Tacho finds it complete: it ended, and so did each of its exchanges,
 * successfully.
 */
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

/** What `tacho ls --json` says about it. */
type ListedSession = Recorded & {
  ended: string | null
  exchanges: { completed: number; inFlight: number }
  errors: number
  approvals: number
  cancellations: number
}
