import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installedProgram } from './installed-program.js'
import type { Row } from './row.js'
import { median } from './statistics.js'

const TACHO = fileURLToPath(new URL('../../packages/cli/bin/tacho.js', import.meta.url))
const KEY = 'bench-key-0123456789abcdef'

/** Runs of each kind, in turn, and tool calls per run. */
const ROUNDS = 8
const CALLS = 20

/**
 * What our hooks add to a tool call of the real Claude Code: from the end of the answer with the
 * call to the request with its result, bare and recorded in turn. This includes everything else
 * that recording does in between.
 */
export async function benchHooks(): Promise<Row[]> {
  const claude = await installedProgram('claude')
  if (claude === undefined) {
    process.stderr.write('hooks: Claude Code is not installed; run npm run programs -- claude\n')
    return []
  }
  let gaps: number[] = []
  let calledAt: number | undefined
  let calls = 0
  const server = createServer((request, response) => {
    const isAsked = request.url?.includes('/v1/messages') ?? false
    if (isAsked && calledAt !== undefined) gaps.push(performance.now() - calledAt)
    request.resume().on('end', () => {
      if (!isAsked) return void response.writeHead(404).end()
      answer(response, calls < CALLS ? calls : undefined)
      calledAt = calls < CALLS ? performance.now() : undefined
      calls += 1
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const folder = mkdtempSync(join(tmpdir(), 'tacho-bench-hooks-'))
  try {
    const env = homeIn(folder, (server.address() as AddressInfo).port, claude)
    const args = ['-p', 'Go on', '--permission-mode', 'bypassPermissions']
    const gapOf = async (command: string, words: string[]) => {
      gaps = []
      calledAt = undefined
      calls = 0
      await run(command, words, env)
      return median(gaps)
    }
    const times: Record<'alone' | 'recorded', number[]> = { alone: [], recorded: [] }
    for (let round = 0; round < ROUNDS + 1; round += 1) {
      const alone = await gapOf(claude, args)
      const recorded = await gapOf(process.execPath, [
        TACHO,
        'claude',
        '--persist-session',
        ...args,
      ])
      if (round === 0) continue
      times.alone.push(alone)
      times.recorded.push(recorded)
    }
    const added = times.recorded.map((time, index) => time - (times.alone[index] ?? Number.NaN))
    return [
      { what: 'a tool call, alone, median', value: median(times.alone), unit: 'ms' },
      { what: 'a tool call, recorded, median', value: median(times.recorded), unit: 'ms' },
      { what: 'added, median of pairs', value: median(added), unit: 'ms', limit: { most: 10 } },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    server.close()
    server.closeAllConnections()
  }
}

/** Calls a tool that does nothing, or says the last word once no call is left. */
function answer(response: ServerResponse, call: number | undefined): void {
  const block =
    call === undefined
      ? { type: 'text', text: '' }
      : { type: 'tool_use', id: `toolu_${call}`, name: 'Bash', input: {} }
  const delta =
    call === undefined
      ? { type: 'text_delta', text: 'Done.' }
      : { type: 'input_json_delta', partial_json: '{"command":"true"}' }
  const usage = { input_tokens: 10, output_tokens: 2 }
  const about = { type: 'message', role: 'assistant', model: 'bench', content: [] }
  const events = [
    { type: 'message_start', message: { id: `msg_${call}`, ...about, usage } },
    { type: 'content_block_start', index: 0, content_block: block },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: call === undefined ? 'end_turn' : 'tool_use' },
      usage,
    },
    { type: 'message_stop' },
  ]
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.end(
    events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''),
  )
}

function homeIn(folder: string, port: number, claude: string): Record<string, string> {
  const temporary = join(folder, 'tmp')
  mkdirSync(temporary)
  writeFileSync(join(folder, '.claude.json'), JSON.stringify({ hasCompletedOnboarding: true }))
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: folder,
    TMPDIR: temporary,
    SHELL: '/bin/sh',
    IS_SANDBOX: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    ANTHROPIC_API_KEY: KEY,
    ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}`,
    TACHO_CLAUDE: claude,
  }
}

async function run(command: string, args: string[], env: Record<string, string>): Promise<void> {
  const child = spawn(command, args, { env, cwd: env.HOME, stdio: 'ignore' })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`Claude Code ended with ${code}`)
}
