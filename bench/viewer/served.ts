import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const TACHO = fileURLToPath(new URL('../../../packages/cli/bin/tacho.js', import.meta.url))

/** `tacho view` of the last session in a folder. */
export type Served = {
  address: string
  /** Its peak memory, in MB. */
  memory(): number
  /** Processor milliseconds that it has used. */
  time(): number
  [Symbol.asyncDispose](): Promise<void>
}

export async function serve(root: string, cache: string): Promise<Served> {
  const child = spawn(
    process.execPath,
    [TACHO, 'view', 'last', '--no-open', '--sessions-dir', root],
    { env: { ...process.env, XDG_CACHE_HOME: cache }, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const ended = once(child, 'exit')
  const [bytes] = await once(child.stdout, 'data')
  return {
    address: String(bytes).trim(),
    memory() {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1000
    },
    time: () => processorTime(child.pid ?? 0),
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Processor time of a process, in milliseconds; the system counts hundredths of a second. */
export function processorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** Has the index built, as an earlier look at the session would have. */
export async function warmIndex(root: string, cache: string): Promise<void> {
  for (const command of ['show', 'explain']) {
    const child = spawn(process.execPath, [TACHO, command, 'last', '--sessions-dir', root], {
      env: { ...process.env, XDG_CACHE_HOME: cache },
      stdio: 'ignore',
    })
    await once(child, 'exit')
  }
}
