import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, listening } from '../ports.js'

/** mitmproxy in front of an upstream, writing its flow file. */
export type Mitmdump = {
  url: string
  /** Stops it and returns how many bytes it wrote. */
  written(): Promise<number>
  [Symbol.asyncDispose]: () => Promise<void>
}

/** Undefined if it is not installed. */
export async function startMitmdump(upstream: string): Promise<Mitmdump | undefined> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'tacho-bench-mitm-'))
  const file = join(folder, 'flows')
  const place = ['--listen-host', '127.0.0.1', '-p', String(port), '--set', `confdir=${folder}`]
  const args = ['-q', '--mode', `reverse:${upstream}`, ...place, '-w', file]
  const child = spawn('mitmdump', args, { stdio: 'ignore' })
  const ended = Promise.race([once(child, 'exit'), once(child, 'error')])
  if (!(await Promise.race([listening(child, port), ended.then(() => false)]))) {
    rmSync(folder, { recursive: true })
    return undefined
  }
  return {
    url: `http://127.0.0.1:${port}`,
    async written() {
      child.kill()
      await ended
      return statSync(file).size
    },
    async [Symbol.asyncDispose]() {
      child.kill()
      await ended
      rmSync(folder, { recursive: true })
    },
  }
}
