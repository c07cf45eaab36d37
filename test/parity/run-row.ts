import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type CodexHome,
  type Command,
  cleanEnvironment,
  codexCommand,
  codexHome,
  type Ended,
  start,
  tachoCommand,
} from '../host/index.js'
import { type RawUpstream, startRawUpstream } from './raw-upstream.js'
import { NO_RETRIES, type Row } from './row.js'
import type { SeenConnection } from './seen.js'

/** What one run of a row showed, as it came. */
export type RowRun = {
  /** It did not end by itself, and was killed. */
  isStuck: boolean
  ended: Ended
  home: Pick<CodexHome, 'root'>
  upstream: { port: number; connections: SeenConnection[] }
  elsewhere: { port: number; connections: SeenConnection[] } | undefined
  /** What Tacho's debug log says of its own faults. */
  faults: string[]
}

/** Runs the real Codex through a row, alone or under record. */
export async function runRow(row: Row, how: 'alone' | 'recorded'): Promise<RowRun> {
  await using upstream = await startRawUpstream(row.upstream)
  await using elsewhere = await startRawUpstream(row.elsewhere ?? { replies: [] })
  const addresses = { upstream: origin(upstream), elsewhere: origin(elsewhere) }
  upstream.addresses = addresses
  elsewhere.addresses = addresses
  await using home = await codexHome({
    baseUrl: row.baseUrl?.(addresses) ?? `${addresses.upstream}/v1`,
    providerSettings: row.provider ?? NO_RETRIES,
    ...(row.settings !== undefined && { settings: row.settings }),
  })
  const codex = await codexCommand()
  const env = cleanEnvironment(home, {
    TACHO_CODEX: codex[0],
    ...row.environment?.(addresses),
  })
  const words = how === 'alone' ? [...codex, ...EXEC] : [...tachoCommand, 'codex', ...RECORDED]
  const command = inShell(row.shell, [...words, ...(row.args ?? [])])
  await using running = start(command, [row.prompt ?? 'Hello'], { env, cwd: home.cwd, stdin: '' })
  if (row.signal !== undefined) {
    const { name, once } = row.signal
    await Promise.race([upstream.until(() => once(progressOf(upstream))), running.ended])
    process.kill(-running.pid, name)
  }
  let isStuck = false
  const patience = setTimeout(() => {
    isStuck = true
    process.kill(-running.pid, 'SIGKILL')
  }, PATIENCE_MS)
  const ended = await running.ended
  clearTimeout(patience)
  await Promise.all([upstream.settled(SETTLING_MS), elsewhere.settled(SETTLING_MS)])
  return {
    isStuck,
    ended,
    home,
    upstream,
    elsewhere: row.elsewhere && elsewhere,
    faults: how === 'alone' ? [] : faultsOf(home),
  }
}

const EXEC = ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox']
const RECORDED = [...EXEC, '--persist-session']

/** The longest row takes 5 s alone on a busy machine. */
const PATIENCE_MS = 30_000

/** What a connection that nobody closes costs a row. */
const SETTLING_MS = 3_000

function origin({ port }: RawUpstream): string {
  return `http://127.0.0.1:${port}`
}

// A session of its own, so that a signal to the group reaches the agent and whoever runs it, and
// not the tests. The shell that sets limits is replaced by what it runs.
function inShell(shell: string | undefined, words: readonly string[]): Command {
  if (shell === undefined) return ['setsid', ...words]
  return ['setsid', 'sh', '-c', `${shell}; exec "$@"`, 'sh', ...words]
}

function progressOf({ connections, requests }: RawUpstream) {
  return {
    requests,
    connections: connections.length,
    frames: connections.reduce((sum, { frames }) => sum + frames.length, 0),
    stage: connections.at(-1)?.stage ?? '',
  }
}

function faultsOf({ codexHome: folder }: CodexHome): string[] {
  const root = join(folder, 'sessions')
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('session.log'))
    .flatMap((name) => readFileSync(join(root, name), 'utf8').split('\n'))
    .filter((line) => line.includes(' ERROR tacho'))
}
