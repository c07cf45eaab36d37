import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installedProgram } from './installed-program.js'
import type { Row } from './row.js'
import { median } from './statistics.js'

const TACHO = fileURLToPath(new URL('../../packages/cli/bin/tacho.js', import.meta.url))
const ROUNDS = 15

/** A whole short `codex exec` with one request, by the real Codex: bare and recorded, in turn. */
export async function benchCodexExec(): Promise<Row[]> {
  const codex = await installedProgram('codex')
  if (codex === undefined) {
    process.stderr.write('codex exec: Codex is not installed; run npm run programs -- codex\n')
    return []
  }
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => answer(request.url ?? '', response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const folder = mkdtempSync(join(tmpdir(), 'tacho-bench-exec-'))
  try {
    const env = homeIn(folder, (server.address() as AddressInfo).port, codex)
    const args = ['exec', '--skip-git-repo-check', 'Say hello']
    const recorded = [TACHO, 'codex', 'exec', '--persist-session', ...args.slice(1)]
    const times: Record<'bare' | 'recorded', number[]> = { bare: [], recorded: [] }
    for (let round = 0; round < ROUNDS + 2; round += 1) {
      const bare = await timeOf(codex, args, env)
      const tacho = await timeOf(process.execPath, recorded, env)
      if (round < 2) continue
      times.bare.push(bare)
      times.recorded.push(tacho)
    }
    const ratios = times.recorded.map((time, index) => time / (times.bare[index] ?? Number.NaN))
    return [
      { what: 'codex exec, bare, median', value: median(times.bare), unit: 'ms' },
      { what: 'codex exec, recorded, median', value: median(times.recorded), unit: 'ms' },
      {
        what: 'recorded / bare, median of pairs',
        value: median(ratios),
        unit: '×',
        limit: { most: 1.12 },
      },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    server.close()
    server.closeAllConnections()
  }
}

function answer(url: string, response: import('node:http').ServerResponse): void {
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
  for (const event of events)
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
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
