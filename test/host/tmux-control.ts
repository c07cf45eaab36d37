import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'

/**
 * Queries a tmux server in control mode: over one connection, without a process for each query,
 * which would keep this process from serving those that run in the terminals.
 */
export class TmuxControl {
  readonly #client: ChildProcessByStdio<Writable, Readable, null>
  // The first response is to attaching itself.
  readonly #waiting: Waiting[] = [{ resolve: () => {}, reject: () => {} }]
  #rest = ''
  #lines: string[] | undefined

  /** @param socket the server's. Its terminals keep their sizes. */
  constructor(socket: string, env: Record<string, string>) {
    this.#client = spawn('tmux', ['-S', socket, '-C', 'attach', '-f', 'ignore-size,no-output'], {
      env,
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    this.#client.stdin.on('error', () => {})
    this.#client.stdout.setEncoding('utf8')
    this.#client.stdout.on('data', (text: string) => this.#read(text))
    this.#client.on('error', () => {})
    this.#client.on('close', () => this.#gone())
  }

  /** The output of a tmux command. */
  ask(command: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#client.stdin.write(`${command}\n`)
      if (this.#client.exitCode !== null) this.#gone()
    })
  }

  close(): void {
    this.#client.kill()
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#readLine(line)
  }

  #readLine(line: string): void {
    if (this.#lines === undefined) {
      if (line.startsWith('%begin ')) this.#lines = []
      return
    }
    if (!/^%(end|error) \d+ \d+ \d+$/.test(line)) return void this.#lines.push(line)
    const said = this.#lines.join('\n')
    this.#lines = undefined
    const waiting = this.#waiting.shift()
    if (line.startsWith('%end')) waiting?.resolve(said)
    else waiting?.reject(new Error(`tmux: ${said}`))
  }

  #gone(): void {
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('tmux has ended.'))
  }
}

type Waiting = { resolve: (said: string) => void; reject: (error: Error) => void }
