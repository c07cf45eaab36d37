import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough, Readable, Writable } from 'node:stream'
import {
  type ClientConnection,
  client,
  methods,
  ndJsonStream,
  PROTOCOL_VERSION,
  type RequestPermissionRequest,
  type RequestPermissionResponse,
} from '@agentclientprotocol/sdk'
import type { Command } from '../../host/index.js'

export type EditorOptions = {
  env: NodeJS.ProcessEnv
  cwd: string
}

type Outcome = RequestPermissionResponse['outcome']

/** A question as an editor sees it, and its answer, which the test gives. */
export type Question = { params: RequestPermissionRequest; answer(outcome: Outcome): void }

/**
 * An editor built on the official SDK: starts an agent, and keeps every byte in both directions.
 */
export class Editor {
  readonly process: ChildProcess
  readonly connection: ClientConnection
  /** Bytes sent to the agent and by it. */
  readonly bytes = { sent: [] as Buffer[], received: [] as Buffer[] }
  readonly stderr: Buffer[] = []
  readonly #ended: Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }>
  #questions: Question[] = []
  #waiting: ((question: Question) => void)[] = []

  constructor([program, ...args]: Command, options: EditorOptions) {
    this.process = spawn(program, args, { ...options, stdio: 'pipe' })
    const { stdin, stdout, stderr } = this.process
    if (stdin === null || stdout === null) throw new Error('There are no pipes.')
    stdin.on('error', () => {})
    stdout.on('data', (bytes: Buffer) => this.bytes.received.push(bytes))
    stderr?.on('data', (bytes: Buffer) => this.stderr.push(bytes))
    this.#ended = once(this.process, 'close').then(([exitCode, signal]) => ({ exitCode, signal }))
    const toAgent = new PassThrough()
    toAgent.on('data', (bytes: Buffer) => this.bytes.sent.push(bytes))
    toAgent.pipe(stdin)
    this.connection = client({ name: 'test-editor' })
      .onRequest(methods.client.session.requestPermission, ({ params, signal }) => {
        return new Promise<RequestPermissionResponse>((resolve) => {
          signal.addEventListener('abort', () => resolve({ outcome: { outcome: 'cancelled' } }))
          this.#asked({ params, answer: (outcome) => resolve({ outcome }) })
        })
      })
      .connect(
        ndJsonStream(Writable.toWeb(toAgent), Readable.toWeb(stdout) as ReadableStream<Uint8Array>),
      )
  }

  /** What it received, as text. */
  get received(): string {
    return Buffer.concat(this.bytes.received).toString()
  }

  get agent() {
    return this.connection.agent
  }

  async initialize() {
    return this.agent.request(methods.agent.initialize, {
      protocolVersion: PROTOCOL_VERSION,
      clientCapabilities: {},
      clientInfo: { name: 'test-editor', version: '1' },
    })
  }

  /** Starts a session. */
  async session(cwd: string): Promise<string> {
    const { sessionId } = await this.agent.request(methods.agent.session.new, {
      cwd,
      mcpServers: [],
    })
    return sessionId
  }

  prompt(sessionId: string, text: string) {
    return this.agent.request(methods.agent.session.prompt, {
      sessionId,
      prompt: [{ type: 'text', text }],
    })
  }

  cancel(sessionId: string): Promise<void> {
    return this.agent.notify(methods.agent.session.cancel, { sessionId })
  }

  /** The next question that has not been looked at. */
  question(): Promise<Question> {
    const first = this.#questions.shift()
    if (first !== undefined) return Promise.resolve(first)
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Hangs up, and returns how the agent ended. */
  async hangUp() {
    this.process.stdin?.end()
    return this.#ended
  }

  get ended() {
    return this.#ended
  }

  async [Symbol.asyncDispose]() {
    this.process.kill('SIGKILL')
    await this.#ended
    this.connection.close()
  }

  #asked(question: Question): void {
    const waiting = this.#waiting.shift()
    if (waiting === undefined) this.#questions.push(question)
    else waiting(question)
  }
}

export function chosen(optionId: string): Outcome {
  return { outcome: 'selected', optionId }
}
