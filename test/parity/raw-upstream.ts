import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { type SecureContextOptions, TLSSocket, type TLSSocketOptions } from 'node:tls'
import { HeldPort } from '../../packages/launcher/dist/network/held-port.js'
import { RequestReader } from './request-reader.js'
import { isForModel, isUpgrade, type SeenConnection, type SeenRequest } from './seen.js'
import { answerBeside } from './side-answers.js'
import type { Addresses, Plan, Reply, Step } from './steps.js'
import { FrameReader, PONG_FRAME } from './websocket-frames.js'

export type RawUpstreamOptions = {
  /** Default: 127.0.0.1. */
  host?: string
  /** Default: 0, the system chooses. */
  port?: number
  tls?: TLSSocketOptions & SecureContextOptions
}

/**
 * Starts an upstream that writes exactly the bytes of its plan, whether they are HTTP or not, and
 * keeps what it saw. It reads only as much HTTP as it needs to tell requests apart.
 */
export async function startRawUpstream(
  plan: Plan,
  options: RawUpstreamOptions = {},
): Promise<RawUpstream> {
  const server = createServer({ allowHalfOpen: true, noDelay: true })
  // While it refuses, nobody else who asks for a free port may get this one.
  const held = options.host === undefined && options.port === undefined ? new HeldPort() : undefined
  if (held === undefined) server.listen(options.port ?? 0, options.host ?? '127.0.0.1')
  else server.listen(held.take())
  await once(server, 'listening')
  return new RawUpstream(server, plan, { ...options, held })
}

const NO_UPGRADE: readonly Reply[] = [
  ['HTTP/1.1 426 Upgrade Required\r\ncontent-length: 0\r\n\r\n'],
]

/** A running one. Leaving the scope of `await using` ends it and all its connections. */
export class RawUpstream {
  readonly port: number
  readonly connections: SeenConnection[] = []
  /** Must be set before the first connection if a step needs them. */
  addresses: Addresses = { upstream: '', elsewhere: '', proxy: '', ca: '' }
  readonly #server: Server
  readonly #plan: Plan
  readonly #host: string
  readonly #held: HeldPort | undefined
  readonly #ending = new AbortController()
  #agent: ((words: string) => Promise<unknown>) | undefined
  /** What the agent says at the end of the current outage. */
  #lastWords: string | undefined
  readonly #sockets = new Set<Socket>()
  readonly #waiting = new Set<() => void>()
  readonly #requests = { reply: 0, upgrade: 0 }

  /** Use `startRawUpstream`. */
  constructor(
    server: Server,
    plan: Plan,
    options: RawUpstreamOptions & { held?: HeldPort | undefined },
  ) {
    this.#server = server
    this.#plan = plan
    this.#host = options.host ?? '127.0.0.1'
    this.#held = options.held
    this.port = (server.address() as AddressInfo).port
    server.on('connection', (socket) => void this.#serve(socket, options))
  }

  /** From here on the plan's outages count. */
  begin(): void {
    if (this.#plan.refusesUntil !== undefined) this.#refuse(this.#plan.refusesUntil)
  }

  /** The agent's words end an outage, not a time, which differs between runs. */
  hears(said: (words: string) => Promise<unknown>): void {
    this.#agent = said
    this.#endOutage()
  }

  /** How many model requests have arrived. */
  get requests(): number {
    return this.#requests.reply + this.#requests.upgrade
  }

  /** Resolves when a check of what was seen holds; it is repeated whenever something happens. */
  async until(check: () => boolean): Promise<void> {
    while (!check()) await new Promise<void>((resolve) => this.#waiting.add(resolve))
  }

  /** Resolves when every connection is over, or after this many milliseconds. */
  async settled(milliseconds: number): Promise<void> {
    const enough = wait(milliseconds, undefined, { ref: false })
    await Promise.race([this.until(() => this.#sockets.size === 0), enough])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort()
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await this.until(() => this.#sockets.size === 0)
    this.#held?.release()
  }

  /** Closes the port, and opens it again when the agent says so. Existing connections stay. */
  #refuse(until: string): void {
    this.#server.close()
    this.#held?.hold()
    this.#lastWords = until
    this.#endOutage()
  }

  #endOutage(): void {
    if (this.#lastWords === undefined) return
    // An agent may end without a word.
    this.#agent?.(this.#lastWords).then(
      () => this.#listenAgain(),
      () => {},
    )
  }

  #listenAgain(): void {
    if (this.#lastWords === undefined || this.#ending.signal.aborted) return
    this.#lastWords = undefined
    if (this.#held === undefined) this.#server.listen(this.port, this.#host)
    else this.#server.listen(this.#held.take())
  }

  #changed(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }

  async #serve(raw: Socket, options: RawUpstreamOptions): Promise<void> {
    const seen: SeenConnection = {
      requests: [],
      frames: [],
      tls: undefined,
      end: 'open',
      stage: 'before a request',
    }
    const number = this.connections.push(seen)
    const wire = new Wire(raw, seen, () => this.#changed())
    this.#sockets.add(raw)
    raw.on('close', () => {
      this.#sockets.delete(raw)
      this.#changed()
    })
    this.#changed()
    await this.#play(this.#plan.atConnect?.[number - 1] ?? [], wire, `connection ${number}`)
    if (wire.gone.aborted) return
    if (options.tls !== undefined) wire.secure(options.tls)
    const reader = new RequestReader({
      head: (request) => {
        seen.requests.push(request)
        if (this.#plan.answersAt === 'head') void this.#answer(request, wire)
      },
      whole: (request) => {
        if (this.#plan.answersAt !== 'head') void this.#answer(request, wire)
        this.#changed()
      },
    })
    wire.readWith(reader, this.#plan.readsOnly)
  }

  async #answer(request: SeenRequest, wire: Wire): Promise<void> {
    if (!isForModel(request)) return this.#play([answerBeside(request)], wire, 'a side answer')
    const kind = isUpgrade(request) ? 'upgrade' : 'reply'
    const { replies, upgrades = NO_UPGRADE } = this.#plan
    const plan = kind === 'upgrade' ? upgrades : replies
    this.#requests[kind] += 1
    const number = this.#requests[kind]
    this.#changed()
    await this.#play(
      plan[Math.min(number, plan.length) - 1] ?? [],
      wire,
      `${kind} ${number}`,
      request,
    )
  }

  async #play(steps: Reply, wire: Wire, what: string, request?: SeenRequest): Promise<void> {
    const nothing = { head: '', body: Buffer.alloc(0), isWhole: false }
    const last = steps.findLastIndex((step) => isWritten(step))
    for (const [index, step] of steps.entries()) {
      if (wire.gone.aborted) return
      wire.seen.stage = index < last ? `step ${index + 1} of ${what}` : `end of ${what}`
      if (typeof step === 'object' && 'refuse' in step) this.#refuse(step.refuse)
      else
        await wire.do(typeof step === 'function' ? step(request ?? nothing, this.addresses) : step)
      this.#changed()
    }
    wire.readOn()
  }
}

function isWritten(step: Step): boolean {
  return typeof step !== 'object' || step instanceof Uint8Array
}

/** One connection of the agent's. */
class Wire {
  readonly seen: SeenConnection
  readonly gone: AbortSignal
  readonly #gone = new AbortController()
  readonly #raw: Socket
  readonly #changed: () => void
  readonly #frames = new FrameReader()
  #socket: Socket
  #reader: RequestReader | undefined
  #isUpgraded = false
  #readsLeft = Number.POSITIVE_INFINITY
  readonly #awaited = { message: 0, pong: 0 }
  readonly #waiting = new Set<() => void>()

  constructor(raw: Socket, seen: SeenConnection, changed: () => void) {
    this.#raw = raw
    this.#socket = raw
    this.#changed = changed
    this.seen = seen
    this.gone = this.#gone.signal
    this.#watch(raw)
  }

  secure(options: TLSSocketOptions): void {
    const socket = new TLSSocket(this.#raw, { isServer: true, ...options })
    socket.on('secure', () => {
      const { servername } = socket as TLSSocket & { servername?: string | false }
      this.seen.tls = {
        protocol: socket.getProtocol(),
        serverName: servername,
        alpn: socket.alpnProtocol ?? false,
      }
    })
    this.#socket = socket
    this.#watch(socket)
  }

  readWith(reader: RequestReader, limit: number | undefined): void {
    this.#reader = reader
    this.#readsLeft = limit ?? Number.POSITIVE_INFINITY
    this.#socket.on('data', (bytes: Buffer) => this.#read(bytes))
  }

  /** Reads what was not read while a reply was played. */
  readOn(): void {
    this.#readsLeft = Number.POSITIVE_INFINITY
    if (this.#reader !== undefined) this.#socket.resume()
  }

  async do(
    step: Exclude<Step, { refuse: string } | ((...args: never[]) => unknown)>,
  ): Promise<void> {
    if (typeof step === 'string' || step instanceof Uint8Array)
      return this.#write(Buffer.from(step))
    if ('pause' in step) {
      return wait(step.pause, undefined, { signal: this.gone }).catch(() => {})
    }
    if ('await' in step) return this.#await(step.await)
    this.seen.end = 'closed here'
    if (step.close === 'reset') this.#raw.resetAndDestroy()
    else if (step.close === 'drop') this.#raw.destroy()
    else this.#socket.end()
    this.#end('closed here')
  }

  #read(bytes: Buffer): void {
    if (this.#isUpgraded) this.#readFrames(bytes)
    else this.#reader?.read(bytes)
    this.#readsLeft -= bytes.length
    if (this.#readsLeft <= 0) this.#socket.pause()
  }

  /** Resolves when the system has the bytes, so that a subsequent reset does not swallow them. */
  async #write(bytes: Buffer): Promise<void> {
    if (bytes.subarray(0, 12).toString('latin1') === 'HTTP/1.1 101') this.#upgrade()
    await new Promise<void>((resolve) => {
      const done = () => {
        this.gone.removeEventListener('abort', done)
        resolve()
      }
      this.gone.addEventListener('abort', done)
      this.#socket.write(bytes, done)
    })
  }

  #upgrade(): void {
    this.#isUpgraded = true
    this.#readFrames(this.#reader?.upgrade() ?? Buffer.alloc(0))
  }

  #readFrames(bytes: Buffer): void {
    this.seen.frames.push(...this.#frames.read(bytes))
    this.#wake()
  }

  async #await(what: 'message' | 'pong'): Promise<void> {
    this.#awaited[what] += 1
    const wanted = this.#awaited[what]
    const count = () =>
      this.seen.frames.filter(({ opcode, isLast }) =>
        what === 'pong' ? opcode === PONG_FRAME : isLast && opcode < 8,
      ).length
    while (count() < wanted && !this.gone.aborted) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  #watch(socket: Socket): void {
    socket.on('end', () => {
      this.#end('fin')
      socket.end()
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#end(error.code === 'ECONNRESET' || error.code === 'EPIPE' ? 'reset' : 'fin')
      this.#raw.destroy()
    })
    socket.on('close', () => this.#end('fin'))
  }

  #end(how: SeenConnection['end']): void {
    if (this.gone.aborted) return
    this.seen.end = how
    this.#gone.abort()
    this.#wake()
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
    this.#changed()
  }
}
