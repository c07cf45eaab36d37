import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { eventually, tachoCommand } from '../../host/index.js'
import type { editorsPlace } from './place.js'

/** An agent without behaviour of its own: its standard streams are a socket. */
const AGENT = `
const socket = require('node:net').connect(process.argv[1])
process.stdin.pipe(socket)
socket.pipe(process.stdout)
socket.on('close', () => { process.exitCode = 5 })`

/** Controls both ends of a recorded connection, byte by byte. */
export class TwoEnds {
  readonly heard = { client: Buffer.alloc(0), agent: Buffer.alloc(0) }
  readonly said = { client: Buffer.alloc(0), agent: Buffer.alloc(0) }
  readonly #process: ChildProcess
  readonly #agent: Socket
  readonly #ended: Promise<[number | null, NodeJS.Signals | null]>

  private constructor(started: ChildProcess, agent: Socket) {
    this.#process = started
    this.#agent = agent
    this.#ended = once(started, 'close') as TwoEnds['ended']
    started.stdout?.on('data', (bytes: Buffer) => {
      this.heard.client = Buffer.concat([this.heard.client, bytes])
    })
    agent.on('data', (bytes: Buffer) => {
      this.heard.agent = Buffer.concat([this.heard.agent, bytes])
    })
    for (const stream of [started.stdin, agent]) stream?.on('error', () => {})
  }

  static async open({ home, own }: Awaited<ReturnType<typeof editorsPlace>>): Promise<TwoEnds> {
    const path = join(home.root, `agent-${process.hrtime.bigint()}.sock`)
    const server = createServer({ allowHalfOpen: true })
    server.listen(path)
    await once(server, 'listening')
    const [program = '', ...before] = tachoCommand
    const agent = [process.execPath, '-e', AGENT, path]
    const args = [...before, 'acp', '--persist-session', '--', ...agent]
    const started = spawn(program, args, { ...own, stdio: ['pipe', 'pipe', 'inherit'] })
    const [socket] = (await once(server, 'connection')) as [Socket]
    server.close()
    return new TwoEnds(started, socket)
  }

  /** Writes this on one side, and waits until it comes out on the other. */
  async say(side: 'client' | 'agent', what: string | Uint8Array | object): Promise<void> {
    const bytes = bytesOf(what)
    this.said[side] = Buffer.concat([this.said[side], bytes])
    const stream = side === 'client' ? this.#process.stdin : this.#agent
    stream?.write(bytes)
    const other = side === 'client' ? 'agent' : 'client'
    const length = this.said[side].length
    await eventually(() => {
      if (this.heard[other].length < length)
        throw new Error(`${this.heard[other].length} of ${length}`)
    })
  }

  /** The client hangs up, then the agent. */
  async hangUp(): Promise<number | null> {
    this.#process.stdin?.end()
    this.#agent.end()
    const [exitCode] = await this.#ended
    return exitCode
  }

  kill(): void {
    this.#process.kill('SIGKILL')
  }

  get ended() {
    return this.#ended
  }

  async [Symbol.asyncDispose]() {
    this.kill()
    this.#agent.destroy()
    await this.#ended
  }
}

function bytesOf(what: string | Uint8Array | object): Buffer {
  if (typeof what === 'string' || what instanceof Uint8Array) return Buffer.from(what as string)
  return Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', ...what })}\n`)
}
