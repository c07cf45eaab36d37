import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type CodexHome,
  type Ended,
  type Running,
  start,
  tachoCommand,
  withHostNames,
} from '../host/index.js'
import type { RawUpstream } from './raw-upstream.js'
import type { Progress, Row } from './row.js'
import { type RowPlace, rowPlace } from './row-place.js'
import { IT_WAITS } from './steps.js'

/** What one run of a row showed, unprocessed. */
export type RowRun = {
  /** It did not end by itself, and was killed. */
  isStuck: boolean
  ended: Ended
  place: RowPlace
  /** Tacho's debug logs. */
  logged: string
}

/** Runs the real Codex through a row, alone or under record. */
export async function runRow(row: Row, how: 'alone' | 'recorded'): Promise<RowRun> {
  await using place = await rowPlace(row, how)
  const { home, environment: env, codex, upstream } = place
  const agent = how === 'alone' ? [...codex, ...EXEC] : [...tachoCommand, 'codex', ...RECORDED]
  const words = [...agent, ...(row.args ?? []), row.prompt ?? 'Hello']
  // A new session, so that a signal to the group reaches the agent and its parent, and not the
  // tests.
  await using running = start('setsid', surrounded(words, row, place), {
    env,
    cwd: home.cwd,
    stdin: row.stdin ?? '',
  })
  upstream.hears((words) => running.stderr.containing(words))
  const signalled = row.signal && signal(running, upstream, row.signal)
  if (row.waits) void stopWaiting(running)
  const { isStuck, ended } = await endOf(running)
  await signalled
  await place.settled()
  return { isStuck, ended, place, logged: how === 'alone' ? '' : loggedIn(home) }
}

const EXEC = ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox']
const RECORDED = [...EXEC, '--persist-session']

/** The longest row takes 10 s on an idle machine, and many times that on a busy one. */
const PATIENCE_MS = 90_000

// The shell that sets limits replaces itself with the command.
function surrounded(words: string[], { shell }: Row, { hostNames, home }: RowPlace): string[] {
  const isNamed = Object.keys(hostNames).length > 0
  const named = isNamed ? withHostNames(home.root, hostNames) : []
  const limited = shell === undefined ? [] : ['sh', '-c', `${shell}; exec "$@"`, 'sh']
  return [...named, ...limited, ...words]
}

async function signal(
  { pid, ended }: Running,
  upstream: RawUpstream,
  { name, once }: NonNullable<Row['signal']>,
): Promise<void> {
  const isOver = ended.then(() => true)
  const isDue = upstream.until(() => once(progressOf(upstream))).then(() => false)
  if (!(await Promise.race([isOver, isDue]))) process.kill(-pid, name)
}

async function stopWaiting({ pid, stderr }: Running): Promise<void> {
  const said = await stderr.containing(IT_WAITS).catch(() => undefined)
  if (said !== undefined) process.kill(-pid, 'SIGINT')
}

function progressOf({ connections, requests }: RawUpstream): Progress {
  return {
    requests,
    connections: connections.length,
    frames: connections.reduce((sum, { frames }) => sum + frames.length, 0),
    stage: connections.at(-1)?.stage ?? '',
  }
}

async function endOf(running: Running): Promise<Pick<RowRun, 'isStuck' | 'ended'>> {
  let isStuck = false
  const patience = setTimeout(() => {
    isStuck = true
    process.kill(-running.pid, 'SIGKILL')
  }, PATIENCE_MS)
  const ended = await running.ended
  clearTimeout(patience)
  return { isStuck, ended }
}

/** Tacho's debug logs below a home. */
export function loggedIn({ codexHome: folder }: CodexHome): string {
  const root = join(folder, 'sessions')
  if (!existsSync(root)) return ''
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('session.log'))
    .map((name) => readFileSync(join(root, name), 'utf8'))
    .join('\n')
}
