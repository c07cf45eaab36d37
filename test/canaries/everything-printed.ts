import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { pageText } from '../cli/page-text.js'
import type { Ended } from '../host/index.js'

type Tacho = (...words: string[]) => Promise<Ended>

/** Where the sessions are, and how `tacho` is run on them. */
type Place = {
  tacho: Tacho
  command: readonly [string, ...string[]]
  root: string
  scratch: string
}

/** What every command and every export prints or writes of the session in a folder, by its command line. */
export async function everythingPrinted(place: Place): Promise<Map<string, string>> {
  const { tacho, root, scratch } = place
  mkdirSync(scratch)
  const printed = new Map<string, string>()
  const jobs: (() => Promise<void>)[] = COMMANDS.map((line) => async () => {
    const words = line.split(' ')
    const { stdout, stderr } = await tacho(...words, '--sessions-dir', root)
    printed.set(line, `${stdout}\n${stderr}`)
  })
  jobs.push(
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
    async () => {
      const folder = join(scratch, 'parquet')
      await tacho('export', 'parquet', 'last', '-o', folder, '--sessions-dir', root)
      const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'))
      printed.set('export parquet', files.join('\n'))
    },
    async () => void printed.set('mcp', await everythingOverMcp(place)),
  )
  // Side by side, but no more than so many.
  const workers = Array.from({ length: 4 }, async () => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await job()
  })
  await Promise.all(workers)
  return printed
}

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
    ['list_approvals', last],
    ['list_cancellations', last],
    ['grep', { pattern: 'secret' }],
  ]
  const texts: string[] = []
  for (const [name, given] of calls) {
    texts.push(JSON.stringify(await client.callTool({ name, arguments: given })))
  }
  await client.close()
  return texts.join('\n')
}

/** Every byte of a session's folder but those of the agent's own transcript. */
export function everyByteOf(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('rollout-'))
    .map((entry) => `${entry.name}\n${readFileSync(join(entry.parentPath, entry.name), 'latin1')}`)
    .join('\n')
}
