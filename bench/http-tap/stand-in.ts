import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Figures, Plan } from './agent.js'

const TACHO = fileURLToPath(new URL('../../../packages/cli/bin/tacho.js', import.meta.url))
const AGENT = fileURLToPath(new URL('./agent.js', import.meta.url))

/**
 * Runs the stand-in agent under `tacho codex --persist-session` with its own home.
 *
 * @param direct the base URL that Codex would use.
 * @param environment added to that of `tacho`.
 */
export async function runStandIn(
  direct: string,
  plan: Plan,
  environment: Record<string, string> = {},
): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'tacho-bench-'))
  try {
    const home = join(folder, 'codex')
    mkdirSync(home)
    const provider = `[model_providers.bench]\nname = "bench"\nbase_url = "${direct}"\n`
    writeFileSync(join(home, 'config.toml'), `model_provider = "bench"\n${provider}`)
    const program = join(folder, 'agent')
    const script = `#!/bin/sh\nexec '${process.execPath}' '${AGENT}' "$@"\n`
    writeFileSync(program, script, { mode: 0o755 })
    const tacho = spawn(process.execPath, [TACHO, 'codex', 'exec', '--persist-session', 'bench'], {
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        CODEX_HOME: home,
        TACHO_CODEX: program,
        BENCH_PLAN: JSON.stringify(plan),
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    return JSON.parse(await text(tacho.stdout)) as Figures
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
