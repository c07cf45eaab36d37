import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Row } from './row.js'
import { median } from './statistics.js'

const TACHO = fileURLToPath(new URL('../../packages/cli/bin/tacho.js', import.meta.url))
const ROUNDS = 25

/** Each agent, with arguments that start a conversation. */
const AGENTS = {
  codex: ['exec', 'x'],
  claude: ['-p', 'x'],
  gemini: ['-p', 'x'],
  opencode: ['run', 'x'],
}

/**
 * What `tacho <agent>` adds to a program that does nothing, compared with an empty Node process.
 */
export async function benchOff(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tacho-bench-off-'))
  try {
    return Object.entries(AGENTS).flatMap(([agent, args]) => rowsOf(agent, args, folder))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function rowsOf(agent: string, args: string[], folder: string): Row[] {
  const program = join(folder, agent)
  writeFileSync(program, '#!/bin/sh\nexit 0\n', { mode: 0o755 })
  const variable = `TACHO_${agent.toUpperCase()}`
  const env = { PATH: process.env.PATH ?? '', HOME: folder, [variable]: program }
  const times: Record<'alone' | 'tacho' | 'node', number[]> = { alone: [], tacho: [], node: [] }
  for (let round = 0; round < ROUNDS; round += 1) {
    times.alone.push(timeOf(program, args, env))
    times.tacho.push(timeOf(process.execPath, [TACHO, agent, ...args], env))
    times.node.push(timeOf(process.execPath, ['-e', '0'], env))
  }
  const [alone, tacho, node] = [median(times.alone), median(times.tacho), median(times.node)]
  return [
    { what: 'the program alone', value: alone, unit: 'ms' },
    { what: `under tacho ${agent}, off`, value: tacho, unit: 'ms' },
    { what: 'node -e 0', value: node, unit: 'ms' },
    { what: 'added / node -e 0', value: (tacho - alone) / node, unit: '×', limit: { most: 1.3 } },
  ]
}

function timeOf(command: string, args: string[], env: NodeJS.ProcessEnv): number {
  const start = performance.now()
  spawnSync(command, args, { env, stdio: 'ignore' })
  return performance.now() - start
}
