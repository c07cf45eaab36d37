import type { Running } from '../host/index.js'

/** A JSON-RPC message of Codex's app-server or its client. */
export type Message = {
  id?: number | string
  method?: string
  params?: Record<string, unknown>
  result?: Record<string, unknown>
}

type Told = Message & { params: Record<string, unknown> }

/** An editor's side of `codex app-server`: what it says, and what it waits for. */
export class AppServerClient {
  readonly #server: Running
  #requests = 0

  constructor(server: Running) {
    this.#server = server
  }

  /** Everything that the server has said so far. */
  get messages(): Message[] {
    const lines = this.#server.stdout.text.split('\n').slice(0, -1)
    return lines.map((line) => JSON.parse(line) as Message)
  }

  say(message: Message & Record<string, unknown>): void {
    this.#server.stdin.write(`${JSON.stringify(message)}\n`)
  }

  /** Sends a request and returns the result. */
  async ask(method: string, params: Record<string, unknown>): Promise<Record<string, unknown>> {
    this.#requests += 1
    const id = `test-${this.#requests}`
    this.say({ id, method, params })
    await this.#server.stdout.containing(new RegExp(`"id":"${id}".*\n`))
    const result = this.messages.find((message) => message.id === id)?.result
    if (result === undefined) throw new Error(`${method} was refused:\n${this.#server.stdout.text}`)
    return result
  }

  /** The first message with that method, or the `count`th. */
  async told(method: string, count = 1): Promise<Told> {
    const words = `"method":"${method}"`
    // Each word matches in one way only; otherwise the search would never end if there are too few.
    const times = new RegExp(`^(?:(?:(?!${words})[^])*${words}){${count}}.*\n`)
    await this.#server.stdout.containing(times)
    const message = this.messages.filter((one) => one.method === method)[count - 1]
    if (message === undefined) throw new Error(`${words} stands inside of another message.`)
    return { ...message, params: message.params ?? {} }
  }

  /** What Codex asks before it runs a command: the first question, or the `count`th. */
  commandQuestion(count = 1): Promise<Told> {
    return this.told('item/commandExecution/requestApproval', count)
  }

  /** Initializes, starts a thread that asks before each command, and starts a turn in it. */
  async startTurn(cwd: string, params: Record<string, unknown> = {}): Promise<Turn> {
    const clientInfo = { name: 'test', title: 'Test', version: '1' }
    await this.ask('initialize', { clientInfo, capabilities: { experimentalApi: true } })
    this.say({ method: 'initialized' })
    await this.ask('thread/start', { cwd, approvalPolicy: 'untrusted', ...params })
    return this.nextTurn()
  }

  /** Starts a turn in the existing thread. */
  async nextTurn(): Promise<Turn> {
    const { thread } = (await this.told('thread/started')).params as { thread: { id: string } }
    const input = [{ type: 'text', text: 'Hello' }]
    const { turn } = await this.ask('turn/start', { threadId: thread.id, input })
    return { threadId: thread.id, turnId: (turn as { id: string }).id }
  }

  /** The editor's end: it hangs up and stops listening. */
  async hangUp(): Promise<void> {
    this.#server.stdin.end()
    await this.#server.ended
  }
}

export type Turn = { threadId: string; turnId: string }
