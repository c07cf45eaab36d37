import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { ProgramError } from '../programs/index.js'

export type Server = {
  /** Its name in a sentence: `Jaeger`. */
  name: string
  command: readonly [program: string, ...args: string[]]
  /** Added to the environment of this process. */
  env?: Record<string, string>
  /** Its ports on 127.0.0.1, named in the message if one is in use. */
  ports: readonly number[]
  /** Answers 200 once it is ready. */
  readyUrl: string
  /** Called once it is ready, to tell the user how to use it. */
  onReady(): void | Promise<void>
}

/** How often a starting server is asked whether it is ready. Milliseconds. */
const INTERVAL = 100

/** How many of the server's last lines are shown if it ends by itself. */
const TAIL_LINES = 10

/**
 * Runs a server in the foreground until Ctrl-C or SIGTERM. Its errors go to stderr; its other
 * output is dropped.
 *
 * @returns the exit code: 0 if the user ended it.
 * @throws ProgramError if a port is in use, or the server cannot start or ends by itself.
 */
export async function runServer(server: Server): Promise<number> {
  for (const port of server.ports) if (!(await isFree(port))) throw portInUse(server.name, port)
  const [program, ...args] = server.command
  const env = { ...process.env, ...server.env }
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const tail: string[] = []
  let isReady = false
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      tail.push(line)
      if (tail.length > TAIL_LINES) tail.shift()
      if (isReady && ERROR_LINE.test(line)) process.stderr.write(`${line}\n`)
    })
  }
  let isWished = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      isWished = true
      child.kill(signal)
    })
  }
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', (cause) => {
      const advice = 'Is it a program for this machine?'
      reject(new ProgramError(`${program} could not be started: ${cause.message}. ${advice}`))
    })
    // `close` and not `exit`: by then its last words have been read.
    child.on('close', (code, signal) => {
      if (isWished) resolve(0)
      else reject(endedByItself(server, tail.join('\n'), code ?? signal))
    })
  })
  await Promise.race([ended, ready(server.readyUrl, ended)])
  if (isWished) return ended
  isReady = true
  await server.onReady()
  return ended
}

// The log format of the Collector, which Jaeger shares: time, level and message, separated by tabs.
const ERROR_LINE = /\t(error|fatal)\t/

/** Resolves when the address answers 200 or the server has ended. */
async function ready(url: string, ended: Promise<unknown>): Promise<void> {
  let isOver = false
  const over = () => {
    isOver = true
  }
  ended.then(over, over)
  while (!isOver) {
    const answer = await fetch(url).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer?.ok) return
    await pause(INTERVAL)
  }
}

function endedByItself({ name }: Server, tail: string, how: number | string | null): ProgramError {
  const [, port] = /listen \w+ \S*:(\d+): bind: address already in use/.exec(tail) ?? []
  if (port !== undefined) return portInUse(name, Number(port))
  return new ProgramError(`${tail}\n${name} ended by itself (${how}). Its last words are above.`)
}

function portInUse(name: string, port: number): ProgramError {
  return new ProgramError(
    `${name} can't start: port ${port} is in use, perhaps by another ${name}. ` +
      `End that one (lsof -i :${port} shows it), or use it as it is.`,
  )
}

function isFree(port: number): Promise<boolean> {
  const probe = createServer()
  return new Promise((resolve) => {
    probe.on('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
