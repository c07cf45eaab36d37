import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { listenForUser } from '@tacho/launcher'
import { ROUTES, serveViewer } from '@tacho/viewer'
import { pageText } from '../cli/page-text.js'
import type { Ended } from '../host/index.js'

type Tacho = (...words: string[]) => Promise<Ended>

/** Where the sessions are, and how to run `tacho` on them. */
type Place = {
  tacho: Tacho
  command: readonly [string, ...string[]]
  root: string
  scratch: string
}

/**
 * The output of a few commands about the session in a folder, in the form of {@link
 * everythingPrinted}.
 */
export async function muchPrinted({
  tacho,
  root,
}: Pick<Place, 'root' | 'tacho'>): Promise<Map<string, string>> {
  const printed = new Map<string, string>()
  for (const line of ['show last --json', 'messages last', 'raw last 2 --request', 'log last']) {
    const { stdout, stderr } = await tacho(...line.split(' '), '--sessions-dir', root)
    printed.set(line, `${stdout}\n${stderr}`)
  }
  return printed
}

/**
 * What every command and every export prints or writes about the session in a folder, by command
 * line.
 */
export async function everythingPrinted(place: Place): Promise<Map<string, string>> {
  const { tacho, root, scratch } = place
  mkdirSync(scratch)
  const printed = new Map<string, string>()
  const jobs: (() => Promise<void>)[] = COMMANDS.map((line) => async () => {
    const words = line.split(' ')
    const { stdout, stderr } = await tacho(...words, '--sessions-dir', root)
    printed.set(line, `${stdout}\n${stderr}`)
  })
  const files =
    (name: string, ...words: string[]) =>
    async () => {
      const folder = join(scratch, name.replace(' ', '-'))
      const done = await tacho(...words, folder, '--sessions-dir', root)
      const written = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.name.startsWith('rollout-'))
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      printed.set(name, [done.stdout, done.stderr, ...written].join('\n'))
    }
  jobs.push(
    async () => {
      const { stdout, stderr } = await tacho('sql', QUERY, '--json', '--sessions-dir', root)
      printed.set('sql', `${stdout}\n${stderr}`)
    },
    files('export parquet', 'export', 'parquet', 'last', '-o'),
    files('salvage', 'salvage', 'last', '--to'),
    files('rebuild', 'rebuild', 'last', '--to'),
    async () => {
      const { stdout } = await tacho('export', 'html', 'last', '-o', '-', '--sessions-dir', root)
      printed.set('export html', pageText(stdout))
    },
    async () => {
      const archive = join(scratch, 'share.zip')
      const done = await tacho('export', 'share', 'last', '-o', archive, '--sessions-dir', root)
      if (done.exitCode !== 0) throw new Error(done.stderr.toString())
      printed.set('export share', execFileSync('unzip', ['-p', archive], { encoding: 'latin1' }))
    },
    async () => void printed.set('mcp', await everythingOverMcp(place)),
    async () => void printed.set('view', await everythingViewed(root)),
  )
  // In parallel, but no more than this many.
  const workers = Array.from({ length: 4 }, async () => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await job()
  })
  await Promise.all(workers)
  // These change the session: their output, and what can be read in it afterwards.
  for (const line of ['scrub last', 'seal last', 'messages last']) {
    const { stdout, stderr } = await tacho(...line.split(' '), '--sessions-dir', root)
    printed.set(`${line}, at the end`, `${stdout}\n${stderr}`)
  }
  return printed
}

/** These print nothing of a session: they start agents, delete, or concern the shell. */
export const SAYS_NOTHING = ['rm', 'prune', 'shim', 'completion', 'help', 'export otlp']

/** Every row of every table, as text. */
const QUERY = [
  ...['sessions', 'exchanges', 'chunks', 'tools', 'approvals', 'cancellations', 'spans', 'logs'],
]
  .map((table) => `select one::varchar as row from ${table} one`)
  .join(' union all ')

const COMMANDS = [
  'ls --json',
  'show last',
  'show last --json',
  'explain last',
  'messages last',
  'messages last --json',
  'diff last 1 2',
  'context last',
  'cache last',
  'stats',
  'approvals last --json',
  'cancellations last --json',
  'raw last 1',
  'raw last 1 --request',
  'raw last 1 --response',
  'raw last 2 --request',
  'raw last 2 --response',
  'raw last 2 --chunks',
  'raw last 2 --input',
  'grep secret',
  'log last',
  'verify --all',
  'export har last -o -',
  'export perfetto last -o -',
  'explain last --json',
  'context last --json',
  'cache last --json',
  'stats --json',
  'approvals last',
  'cancellations last',
  'diff last 1 2 --json',
  'path last',
  'scrub last --dry-run',
  'doctor',
]

async function everythingOverMcp({ command: [program, ...args], root }: Place): Promise<string> {
  const client = new Client({ name: 'test', version: '1' })
  await client.connect(
    new StdioClientTransport({ command: program, args: [...args, 'mcp', '--sessions-dir', root] }),
  )
  const last = { session: 'last' }
  const calls: [name: string, given: Record<string, unknown>][] = [
    ['list_sessions', {}],
    ...['show_session', 'explain_session', 'read_messages', 'read_context', 'explain_cache'].map(
      (name): [string, Record<string, unknown>] => [name, last],
    ),
    ...[1, 2].map((exchange): [string, Record<string, unknown>] => [
      'read_messages',
      { ...last, exchange },
    ]),
    ['diff_requests', { ...last, exchange: 1, other: 2 }],
    ['diff_sessions', { ...last, other: 'last' }],
    ['read_stats', last],
    ['list_approvals', last],
    ['list_cancellations', last],
    ['grep', { pattern: 'secret' }],
  ]
  const texts: string[] = []
  for (const [name, given] of calls) {
    texts.push(JSON.stringify(await client.callTool({ name, arguments: given })))
  }
  const { tools } = await client.listTools()
  const uncalled = tools.filter((tool) => calls.every(([name]) => name !== tool.name))
  if (uncalled.length > 0) throw new Error(`No call of ${uncalled.map(({ name }) => name)}`)
  await client.close()
  return texts.join('\n')
}

/**
 * What every route of the page returns for the sessions of a folder and their first two exchanges.
 */
async function everythingViewed(root: string): Promise<string> {
  const onFault = (cause: unknown) => {
    throw cause
  }
  const viewer = await serveViewer({ roots: [root], port: 0, listen: listenForUser, onFault })
  const texts: string[] = []
  const ask = async (path: string): Promise<string> => {
    const headers = { authorization: `Bearer ${viewer.token}` }
    const response = await fetch(`http://127.0.0.1:${viewer.port}${path}`, { headers })
    const text = await said(response)
    texts.push(`${path} ${response.status}\n${text}`)
    return text
  }
  try {
    const listed = await ask('/api/sessions')
    const ids = new Set(listed.match(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g))
    for (const id of ids) {
      for (const number of ['1', '2']) {
        const other = number === '1' ? '2' : '1'
        const values: Record<string, string> = {
          ...{ session: id, otherSession: id, number, otherNumber: other },
          ...{ list: 'messages', message: '0', file: 'x.js' },
        }
        for (const { path } of ROUTES)
          await ask(path.replaceAll(/:(\w+)/g, (_, name: string) => values[name] ?? name))
      }
    }
  } finally {
    viewer.close()
  }
  return texts.join('\n')
}

/** The whole response; of the endless stream of changes, the first line: the session. */
async function said(response: Response): Promise<string> {
  if (response.headers.get('content-type') !== 'application/x-ndjson') return response.text()
  let text = ''
  for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part
    if (part.includes('\n')) break
  }
  return text
}

/** Every byte of a session's folder except those of the agent's own transcript. */
export function everyByteOf(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('rollout-'))
    .map((entry) => `${entry.name}\n${readFileSync(join(entry.parentPath, entry.name), 'latin1')}`)
    .join('\n')
}
