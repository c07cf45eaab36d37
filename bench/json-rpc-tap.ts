import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { printRows, type Row } from './row.js'
import { median } from './statistics.js'

const TACHO = fileURLToPath(new URL('../../packages/cli/bin/tacho.js', import.meta.url))
const NOTIFICATIONS = 100_000
const ROUNDS = 5
const PACED = 2_000

/**
 * What the JSON-RPC tap adds: 100,000 notifications at full speed, then single ones, from a
 * stand-in app-server to its client; through a bare pipe and through `tacho codex app-server
 * --persist-session` in turn.
 */
export function benchJsonRpcTap(): Promise<Row[]> {
  return benchTap(CODEX_LINE, (server) => ({
    args: ['codex', 'app-server', '--persist-session'],
    env: { TACHO_CODEX: server },
  }))
}

/** The same for `tacho acp`, with the text chunks in which an agent answers an editor. */
export function benchAcpTap(): Promise<Row[]> {
  return benchTap(ACP_LINE, (server) => ({ args: ['acp', '--persist-session', '--', server] }))
}

async function benchTap(
  line: string,
  underTacho: (server: string) => { args: string[]; env?: NodeJS.ProcessEnv },
): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tacho-bench-'))
  try {
    const server = join(folder, 'codex')
    writeFileSync(server, `#!${process.execPath}\n${line}\n${SERVER}`, { mode: 0o755 })
    const tacho = underTacho(server)
    const env = { PATH: process.env.PATH ?? '', HOME: folder, ...tacho.env }
    const commands = { pipe: [server], tacho: [process.execPath, TACHO, ...tacho.args] }
    const speeds = { pipe: [] as number[], tacho: [] as number[] }
    const delays = { pipe: [] as number[], tacho: [] as number[] }
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const name of ['pipe', 'tacho'] as const) {
        const figures = await measure(commands[name], env)
        speeds[name].push(figures.linesPerSecond)
        delays[name].push(...figures.delays)
      }
    }
    return rowsOf(
      { pipe: median(speeds.pipe), tacho: median(speeds.tacho) },
      { pipe: median(delays.pipe), tacho: median(delays.tacho) },
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Figures = { linesPerSecond: number; delays: number[] }
type Medians = { pipe: number; tacho: number }

/** Runs a server to its end as its client, reading and counting. */
async function measure(command: string[], env: NodeJS.ProcessEnv): Promise<Figures> {
  const [program = '', ...args] = command
  const server = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(server, 'exit')
  const delays: number[] = []
  let [lines, startedAt, endedAt] = [0, 0, 0]
  server.stdout.on('data', (bytes: Buffer) => {
    const now = process.hrtime.bigint()
    if (lines === 0) startedAt = Number(now)
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines += 1
    if (lines === NOTIFICATIONS && endedAt === 0) {
      endedAt = Number(now)
      server.stdin.end()
    } else if (lines > NOTIFICATIONS) {
      const said = /"saidAt":"(\d+)"/.exec(bytes.toString())?.[1]
      if (said !== undefined) delays.push(Number(now - BigInt(said)) / 1e6)
    }
  })
  await ended
  return { linesPerSecond: NOTIFICATIONS / ((endedAt - startedAt) / 1e9), delays }
}

function rowsOf(speed: Medians, delay: Medians): Row[] {
  return [
    { what: 'a pipe: notifications a second, median', value: speed.pipe, unit: '/s' },
    { what: 'the tap: notifications a second, median', value: speed.tacho, unit: '/s' },
    {
      what: 'throughput of the tap / a pipe',
      value: speed.tacho / speed.pipe,
      unit: '×',
      limit: { least: 0.7 },
    },
    { what: 'a pipe: from said to heard, median', value: delay.pipe, unit: 'ms' },
    { what: 'the tap: from said to heard, median', value: delay.tacho, unit: 'ms' },
    {
      what: 'added a line, median',
      value: delay.tacho - delay.pipe,
      unit: 'ms',
      limit: { most: 0.1 },
    },
  ]
}

// Writes each message separately, as Codex does: first all at once; then, when its standard input
// ends, one per millisecond with its send time.
const CODEX_LINE = `
const params = {
  threadId: '0199a1b2-c3d4-7e5f-8a9b-000000000001',
  turnId: '0199a1b2-c3d4-7e5f-8a9b-000000001001',
  itemId: 'msg_1',
  delta: 'A few words of an answer',
}
const message = (more) => ({
  method: 'item/agentMessage/delta', params: { ...params, ...more }, emittedAtMs: 1795412900622,
})
`

const ACP_LINE = `
const message = (more) => ({
  jsonrpc: '2.0',
  method: 'session/update',
  params: {
    sessionId: '0199a1b2-c3d4-7e5f-8a9b-000000000001',
    update: {
      sessionUpdate: 'agent_message_chunk',
      content: { type: 'text', text: 'A few words of an answer' },
      ...more,
    },
  },
})
`

const SERVER = `
const line = JSON.stringify(message({})) + '\\n'
let left = ${NOTIFICATIONS}
function sayAll() {
  while (left > 0) {
    left -= 1
    if (!process.stdout.write(line)) return process.stdout.once('drain', sayAll)
  }
}
sayAll()
process.stdin.resume().on('end', () => {
  let paced = ${PACED}
  const timer = setInterval(() => {
    const saidAt = String(process.hrtime.bigint())
    process.stdout.write(JSON.stringify(message({ saidAt })) + '\\n')
    paced -= 1
    if (paced === 0) clearInterval(timer)
  }, 1)
})
`

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  printRows('JSON-RPC tap: 100,000 notifications; one each millisecond', await benchJsonRpcTap())
  printRows('ACP tap: 100,000 pieces of text; one each millisecond', await benchAcpTap())
}
