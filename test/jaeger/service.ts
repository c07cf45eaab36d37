import { createServer } from 'node:net'
import { eventually, type Running, start } from '../host/index.js'

export type ServiceOptions = {
  program: string
  args: readonly string[]
  env: Record<string, string>
  /** Answers 200 once the service accepts requests. */
  healthUrl: string
}

/** A third-party server, as a process that can end and return at the same addresses. */
export class Service {
  readonly #options: ServiceOptions
  #running: Running | undefined
  #earlier = ''

  constructor(options: ServiceOptions) {
    this.#options = options
  }

  /** Everything that it has printed. */
  get output(): string {
    return this.#earlier + (this.#running?.stderr.text ?? '')
  }

  /** Starts it and waits until it is healthy. If it ends first, rejects with what it printed. */
  async start(): Promise<void> {
    const { program, args, env, healthUrl } = this.#options
    this.#earlier = this.output
    const running = start(program, args, { env, stdin: '' })
    this.#running = running
    const died = running.ended.then(({ exitCode, signal, stderr }) => {
      throw new Error(`${program} ended with ${exitCode ?? signal}:\n${stderr}`)
    })
    died.catch(() => {})
    await Promise.race([died, eventually(() => healthy(healthUrl))])
  }

  /** Kills it, or sends it the signal, and waits until it is gone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#running?.kill(signal)
    await this.#running?.ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running?.[Symbol.asyncDispose]()
  }
}

/**
 * Ports of 127.0.0.1 that nobody listens on, for services that return at the same address. They are
 * below the range that systems give to clients (from 32768 on Linux), which could take one
 * meanwhile, and each of Vitest's workers has a thousand of its own.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = []
  while (ports.length < count) {
    lastPort += 1
    if (await isFree(lastPort)) ports.push(lastPort)
  }
  return ports
}

let lastPort = 20_000 + 1_000 * (Number(process.env.VITEST_POOL_ID ?? 0) % 10)

function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.on('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

async function healthy(url: string): Promise<void> {
  const { ok, status } = await fetch(url)
  if (!ok) throw new Error(`${url} answered ${status}.`)
}
