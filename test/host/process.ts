import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { Output } from './output.js'

/** A program and the arguments that always stand first. */
export type Command = readonly [program: string, ...args: string[]]

export type ProcessOptions = {
  /** The whole environment; nothing of this process's own is added. */
  env: NodeJS.ProcessEnv
  cwd?: string
  /** Written to its standard input, which is then closed. `start` leaves it open without it. */
  stdin?: string | Uint8Array
}

/** How a process ended, and all that it wrote. */
export type Ended = {
  stdout: Buffer
  stderr: Buffer
  exitCode: number | null
  signal: NodeJS.Signals | null
}

/** Runs a program to its end. Its standard input is empty where none is given. */
export async function run(
  command: string | Command,
  args: readonly string[],
  options: ProcessOptions,
): Promise<Ended> {
  return start(command, args, { stdin: '', ...options }).ended
}

/** A process that runs. Leaving the scope of `await using` kills it where it still does. */
export type Running = {
  pid: number
  stdin: Writable
  stdout: Output
  stderr: Output
  /** It has ended and both of its outputs are closed. */
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
  // A program may end without reading what it is given; how it ended tells more than EPIPE.
  child.stdin.on('error', () => {})
  if (options.stdin !== undefined) child.stdin.end(options.stdin)
  const ended = endOf(child, stdout, stderr)
  // Who does not wait for the end has no use for its failure.
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
