import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type CodexHome,
  type Command,
  cleanEnvironment,
  codexCommand,
  codexHome,
  type Ended,
  type Running,
  start,
  tachoCommand,
  withHostNames,
} from '../host/index.js'
import { authority, certificateOf } from './certificates.js'
import { type RowProxy, startProxy } from './proxy.js'
import { type RawUpstream, startRawUpstream } from './raw-upstream.js'
import { NO_RETRIES, type Progress, type Row } from './row.js'
import type { SeenConnection } from './seen.js'
import type { Addresses } from './steps.js'

/** What one run of a row showed, as it came. */
export type RowRun = {
  /** It did not end by itself, and was killed. */
  isStuck: boolean
  ended: Ended
  home: Pick<CodexHome, 'root'>
  /** Of the base URL: `http://127.0.0.1:PORT`. */
  origin: string
  upstream: { port: number; connections: SeenConnection[] }
  elsewhere: { port: number; connections: SeenConnection[] } | undefined
  proxy: { port: number; seen: string[] } | undefined
  /** What Tacho's debug log says of its own faults. */
  faults: string[]
}

/** Runs the real Codex through a row, alone or under record. */
export async function runRow(row: Row, how: 'alone' | 'recorded'): Promise<RowRun> {
  await using upstream = await startRawUpstream(row.upstream, tlsOf(row))
  await using elsewhere = await startRawUpstream(row.elsewhere ?? { replies: [] })
  await using proxy = await startProxy(row.proxy ?? 'refuses')
  const addresses = addressesOf(row, { upstream, elsewhere, proxy })
  upstream.addresses = addresses
  elsewhere.addresses = addresses
  const baseUrl = row.baseUrl?.(addresses) ?? `${addresses.upstream}/v1`
  await using home = await codexHome({
    baseUrl,
    providerSettings: row.provider ?? NO_RETRIES,
    ...(row.settings !== undefined && { settings: row.settings }),
  })
  const codex = await codexCommand()
  const env = cleanEnvironment(home, { TACHO_CODEX: codex[0], ...row.environment?.(addresses) })
  const agent = how === 'alone' ? [...codex, ...EXEC] : [...tachoCommand, 'codex', ...RECORDED]
  const words = [...agent, ...(row.args ?? []), row.prompt ?? 'Hello']
  const command = surrounded(words, row, home)
  upstream.begin()
  await using running = start(command, [], { env, cwd: home.cwd, stdin: row.stdin ?? '' })
  const signalled = row.signal && signal(running, upstream, row.signal)
  if (row.waits) void stopWaiting(running)
  const { isStuck, ended } = await endOf(running)
  await signalled
  await Promise.all([upstream.settled(SETTLING_MS), elsewhere.settled(SETTLING_MS)])
  return {
    isStuck,
    ended,
    home,
    origin: new URL(baseUrl).origin,
    upstream,
    elsewhere: row.elsewhere && elsewhere,
    proxy: row.proxy && proxy,
    faults: how === 'alone' ? [] : faultsOf(home),
  }
}

const EXEC = ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox']
const RECORDED = [...EXEC, '--persist-session']

/** The longest row takes 10 s alone on a busy machine. */
const PATIENCE_MS = 30_000

/** What a connection that nobody closes costs a row. */
const SETTLING_MS = 3_000

function tlsOf({ tls }: Row) {
  if (tls === undefined) return {}
  const { options, wantsClient = false } = tls
  const asks = wantsClient ? { requestCert: true, rejectUnauthorized: true } : {}
  return { tls: { ...certificateOf(tls.certificate ?? 'good'), ...asks, ...options } }
}

type Servers = { upstream: RawUpstream; elsewhere: RawUpstream; proxy: RowProxy }

function addressesOf(row: Row, { upstream, elsewhere, proxy }: Servers): Addresses {
  const scheme = row.tls === undefined ? 'http' : 'https'
  return {
    upstream: `${scheme}://${row.host ?? '127.0.0.1'}:${upstream.port}`,
    elsewhere: `http://127.0.0.1:${elsewhere.port}`,
    proxy: `127.0.0.1:${proxy.port}`,
    ca: row.tls === undefined ? '' : authority().caPath,
  }
}

// A session of its own, so that a signal to the group reaches the agent and whoever runs it, and
// not the tests. The shell that sets limits is replaced by what it runs.
function surrounded(words: readonly string[], { shell, host }: Row, home: CodexHome): Command {
  const named = host === undefined ? [] : withHostNames(home.root, { [host]: '127.0.0.1' })
  const limited = shell === undefined ? [] : ['sh', '-c', `${shell}; exec "$@"`, 'sh']
  return ['setsid', ...named, ...limited, ...words]
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
  const said = await stderr.containing('waiting for network').catch(() => undefined)
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

function faultsOf({ codexHome: folder }: CodexHome): string[] {
  const root = join(folder, 'sessions')
  if (!existsSync(root)) return []
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('session.log'))
    .flatMap((name) => readFileSync(join(root, name), 'utf8').split('\n'))
    .filter((line) => line.includes(' ERROR tacho'))
}
