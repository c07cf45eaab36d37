import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Duplex } from 'node:stream'
import { tapJsonRpc } from '../../json-rpc-tap/json-rpc-tap.js'
import type { JsonRpcObserver } from '../../json-rpc-tap/observer.js'
import { within } from './within.js'

export type AppServersOptions = {
  /** Codex. */
  command: string
  /** The options behind `app-server`. */
  options: readonly string[]
  environment: NodeJS.ProcessEnv
  cwd: string
  /** What watches a connection. */
  observe: () => JsonRpcObserver
  /** A line of an app-server's standard error. */
  onErrorLine: (line: string) => void
  /** The time in microseconds since the epoch. */
  now: () => number
}

// An app-server ends when nobody talks to it any more: these are for one that does not.
const PATIENCE_MILLISECONDS = 1000

/**
 * The TUI's app-servers: one for each of its connections, the first of them started ahead. Each
 * lives on our pipe alone: it ends when its client is gone, and also when we are.
 */
export class AppServers {
  readonly #options: AppServersOptions
  readonly #running = new Set<ChildProcess>()
  #ready: ChildProcess | undefined

  constructor(options: AppServersOptions) {
    this.#options = options
    this.#ready = this.#start()
  }

  /** Connects a client with an app-server; each ends with the other. */
  connect(client: Duplex): void {
    const { observe, now } = this.#options
    const server = this.#ready ?? this.#start()
    this.#ready = undefined
    const { stdin, stdout } = server
    if (stdin === null || stdout === null) return
    const tap = tapJsonRpc(
      { client: { input: client, output: client }, server: { input: stdin, output: stdout } },
      observe(),
      now,
    )
    const goodbye = async () => {
      await tap.drained()
      client.end()
    }
    if (this.#running.has(server)) server.once('exit', goodbye)
    else void goodbye()
  }

  /** Ends all of them. */
  async close(): Promise<void> {
    await Promise.all([...this.#running].map(end))
  }

  #start(): ChildProcess {
    const { command, options, environment, cwd, onErrorLine } = this.#options
    const server = spawn(command, ['app-server', ...options], {
      cwd,
      env: environment,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.#running.add(server)
    server.once('exit', () => this.#running.delete(server))
    server.once('error', () => this.#running.delete(server))
    createInterface({ input: server.stderr }).on('line', onErrorLine)
    return server
  }
}

async function end(server: ChildProcess): Promise<void> {
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  server.stdin?.end()
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (await within(PATIENCE_MILLISECONDS, ended)) return
    server.kill(signal)
  }
  await within(PATIENCE_MILLISECONDS, ended)
}
