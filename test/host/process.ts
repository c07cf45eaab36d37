import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { Output } from './output.js'

/** A program and its leading arguments. */
export type Command = readonly [program: string, ...args: string[]]

export type ProcessOptions = {
  /** The complete environment; nothing is inherited from this process. */
  env: NodeJS.ProcessEnv
  cwd?: string
  /**
   * Written to its standard input, which is then closed. Without it, `start` leaves standard input
   * open.
   */
  stdin?: string | Uint8Array
}

/** How a process ended, and everything that it wrote. */
export type Ended = {
  stdout: Buffer
  stderr: Buffer
  exitCode: number | null
  signal: NodeJS.Signals | null
}

/** Runs a program to its end. Without input, its standard input is empty. */
export async function run(
  command: string | Command,
  args: readonly string[],
  options: ProcessOptions,
): Promise<Ended> {
  return start(command, args, { stdin: '', ...options }).ended
}

/** A running process. Leaving the scope of `await using` kills it if it is still running. */
export type Running = {
  pid: number
  stdin: Writable
  stdout: Output
  stderr: Output
  /** It has ended, and both its outputs are closed. */
  ended: Promise<Ended>
  kill(signal?: NodeJS.Signals): void
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Starts a program.
 *
 * @example
 * await using codex = start(await codexCommand(), ['app-server'], { env })
 * await codex.stdout.containing('thread/started')
 */
export function start(
  command: string | Command,
  args: readonly string[],
  options: ProcessOptions,
): Running {
  const [program, ...first] = typeof command === 'string' ? [command] : command
  const child = spawn(program, [...first, ...args], {
    env: options.env,
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const stdout = new Output(child.stdout)
  const stderr = new Output(child.stderr)
  // A program may end without reading its input; how it ended says more than EPIPE.
  child.stdin.on('error', () => {})
  if (options.stdin !== undefined) child.stdin.end(options.stdin)
  const ended = endOf(child, stdout, stderr)
  // A caller that does not wait for the end does not care whether it fails.
  ended.catch(() => {})
  return {
    pid: child.pid ?? 0,
    stdin: child.stdin,
    stdout,
    stderr,
    ended,
    kill: (signal = 'SIGTERM') => void child.kill(signal),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended.catch(() => {})
    },
  }
}

function endOf(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
  stdout: Output,
  stderr: Output,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode, signal) =>
      resolve({ stdout: stdout.bytes, stderr: stderr.bytes, exitCode, signal }),
    )
  })
}
