import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { TACHO } from '../cli/tacho.js'

/** Processor time: whatever takes longer is too slow anyway, and need not be waited for. */
const GIVEN_UP_SECONDS = 20

export type Measured = {
  seconds: number
  megabytes: number
  exitCode: number | null
  stderr: string
}

/** Runs a command on a session with GNU time: processor seconds, and peak memory in megabytes. */
export async function measured(
  words: readonly string[],
  folder: string,
  collector: string,
): Promise<Measured> {
  const out = mkdtempSync(join(tmpdir(), 'tacho-hostile-out-'))
  const [command, question = '', given = ''] = words.map((word) =>
    word.replace('OUT', out).replace('COLLECTOR', collector).replaceAll('ID', basename(folder)),
  )
  try {
    if (command === 'mcp') return await run(['mcp'], folder, asks(question, JSON.parse(given)))
    if (command === 'view') return await run(['view', '--no-open'], folder, reads(question))
    const all = words.map((word) =>
      word.replace('OUT', out).replace('COLLECTOR', collector).replaceAll('ID', basename(folder)),
    )
    return await run(all, folder, ({ stdout }) => {
      stdout?.resume()
    })
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

async function run(
  words: readonly string[],
  folder: string,
  use: (child: ChildProcess) => unknown,
): Promise<Measured> {
  const command = [process.execPath, TACHO, ...words, '--sessions-dir', dirname(folder)]
  const limited = ['prlimit', `--cpu=${GIVEN_UP_SECONDS}`, ...command]
  const child = spawn('/usr/bin/time', ['-f', '%U %S %M', ...limited], {
    // A group of its own, so that a signal reaches the command.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: '/nonexistent', TZ: 'UTC' },
  })
  const closed = once(child, 'close')
  const said = text(child.stderr)
  await use(child)
  child.stdin.end()
  const [exitCode] = (await closed) as [number | null]
  const stderr = await said
  const [user = 0, system = 0, kilobytes = 0] = (stderr.trim().split('\n').at(-1) ?? '')
    .split(' ')
    .map(Number)
  return { seconds: user + system, megabytes: kilobytes / 1000, exitCode, stderr }
}

/** One question to `tacho mcp`, until it is answered. */
function asks(name: string, given: object): (child: ChildProcess) => Promise<void> {
  return async ({ stdin, stdout }) => {
    if (stdin === null || stdout === null) return
    const clientInfo = { name: 'test', version: '1' }
    const messages = [
      {
        id: 1,
        method: 'initialize',
        params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo },
      },
      { method: 'notifications/initialized' },
      { id: 2, method: 'tools/call', params: { name, arguments: given } },
    ]
    for (const message of messages)
      stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
    for await (const line of createInterface(stdout)) if (/"id":2[,}]/.test(line)) break
    stdout.resume()
  }
}

/** One request to `tacho view`, until its response is complete or turns out to be endless. */
function reads(path: string): (child: ChildProcess) => Promise<void> {
  return async (child) => {
    if (child.stdout === null || child.pid === undefined) return
    let address = ''
    for await (address of createInterface(child.stdout)) break
    const { origin, hash } = new URL(address)
    const token = new URLSearchParams(hash.slice(1)).get('token')
    const response = await fetch(`${origin}${path}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const isEndless = path.endsWith('/changes')
    for await (const part of response.body ?? []) if (isEndless && part.includes(10)) break
    process.kill(-child.pid, 'SIGINT')
  }
}
