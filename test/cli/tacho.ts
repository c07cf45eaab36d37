import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const TACHO = fileURLToPath(new URL('../../packages/cli/bin/tacho.js', import.meta.url))

export type Finished = { stdout: Buffer; stderr: string; exitCode: number | null }

/** Runs the real `tacho` as a child process, in an environment that knows no other sessions. */
export function tacho(
  words: readonly string[],
  environment: Record<string, string> = {},
): Promise<Finished> {
  const child = spawn(process.execPath, [TACHO, ...words], {
    env: { PATH: process.env.PATH, HOME: '/nonexistent', TZ: 'UTC', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (bytes) => stdout.push(bytes))
  child.stderr.on('data', (bytes) => stderr.push(bytes))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode) =>
      resolve({
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString(),
        exitCode,
      }),
    )
  })
}
