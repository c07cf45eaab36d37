import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { installedProgram } from './installed-program.js'
import type { Row } from './row.js'
import { median } from './statistics.js'

const TACHO = fileURLToPath(new URL('../../packages/cli/bin/tacho.js', import.meta.url))
const ROUNDS = 15

/** How long the model takes, in milliseconds: no time, and as long as a fast real one. */
const ANSWERS = { 'an answer at once': 0, 'an answer in 750 ms': 750 }

/**
 * A short `codex exec` with one request, by the real Codex: bare and recorded in turn. Most of what
 * Tacho adds is the start of Node, which does not depend on the model; so the limit applies to a
 * model as slow as a fast real one, and the figure for an instant model stands beside it.
 */
export async function benchCodexExec(): Promise<Row[]> {
  const codex = await installedProgram('codex')
  if (codex === undefined) {
    process.stderr.write('codex exec: Codex is not installed; run npm run programs -- codex\n')
    return []
  }
  let milliseconds = 0
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => void answer(request.url ?? '', response, milliseconds))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const folder = mkdtempSync(join(tmpdir(), 'tacho-bench-exec-'))
  try {
    const env = homeIn(folder, (server.address() as AddressInfo).port, codex)
    const args = ['exec', '--skip-git-repo-check', 'Say hello']
    const recorded = [TACHO, 'codex', 'exec', '--persist-session', ...args.slice(1)]
    const rows: Row[] = []
    for (const [what, taken] of Object.entries(ANSWERS)) {
      milliseconds = taken
      const limit = taken > 0 ? { most: 1.12 } : undefined
      rows.push(...(await measure(what, { codex, args, recorded, env }, limit)))
    }
    return rows
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    server.close()
    server.closeAllConnections()
  }
}

async function measure(
  what: string,
  run: { codex: string; args: string[]; recorded: string[]; env: Record<string, string> },
  limit: Row['limit'],
): Promise<Row[]> {
  const times: Record<'bare' | 'recorded', number[]> = { bare: [], recorded: [] }
  for (let round = 0; round < ROUNDS + 2; round += 1) {
    const bare = await timeOf(run.codex, run.args, run.env)
    const tacho = await timeOf(process.execPath, run.recorded, run.env)
    if (round < 2) continue
    times.bare.push(bare)
    times.recorded.push(tacho)
  }
  const ratios = times.recorded.map((time, index) => time / (times.bare[index] ?? Number.NaN))
  return [
    { what: `codex exec, ${what}, bare, median`, value: median(times.bare), unit: 'ms' },
    { what: `codex exec, ${what}, recorded, median`, value: median(times.recorded), unit: 'ms' },
    {
      what: 'recorded / bare, median of pairs',
      value: median(ratios),
      unit: '×',
      ...(limit && { limit }),
    },
  ]
}

async function answer(url: string, response: ServerResponse, milliseconds: number): Promise<void> {
  if (!url.endsWith('/responses')) {
    response.writeHead(404).end()
    return
  }
  const item = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    content: [{ type: 'output_text', text: 'Hello.' }],
  }
  const usage = { input_tokens: 10, output_tokens: 2, total_tokens: 12 }
  const events = [
    { type: 'response.created', response: { id: 'resp_1' } },
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: { id: 'resp_1', usage } },
  ]
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const event of events) {
    await pause(milliseconds / events.length)
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  }
  response.end()
}

function homeIn(folder: string, port: number, codex: string): Record<string, string> {
  const home = join(folder, 'codex')
  mkdirSync(home)
  mkdirSync(join(folder, 'tmp'))
  writeFileSync(
    join(home, 'config.toml'),
    `model = "gpt-5.5"
model_provider = "bench"
check_for_update_on_startup = false
[analytics]
enabled = false
[features]
plugins = false
apps = false
[model_providers.bench]
name = "bench"
base_url = "http://127.0.0.1:${port}/v1"
env_key = "BENCH_KEY"
wire_api = "responses"
`,
  )
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: folder,
    TMPDIR: join(folder, 'tmp'),
    CODEX_HOME: home,
    BENCH_KEY: 'bench-key-0123456789abcdef',
    TACHO_CODEX: codex,
  }
}

async function timeOf(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<number> {
  const start = performance.now()
  const child = spawn(command, args, { env, cwd: env.HOME, stdio: 'ignore' })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`codex exec ended with ${code}`)
  return performance.now() - start
}
