import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type Listener, listenOnLoopback } from '../../network/listen.js'
import type { Peers } from '../../network/peer.js'
import { UnfinishedHeads } from '../../network/unfinished-heads.js'
import { guardOf } from '../http/guard.js'
import { pairsOf } from '../http/headers.js'
import type { HookMessage } from './hook-tap.js'
import { HOOK_CONNECTIONS, HOOK_HEAD_BYTES, MESSAGE_BYTES } from './limits.js'

export type HttpHookTapOptions = {
  /** Decides who may connect. */
  peers: Peers
  /** Receives what the agent sends; must not throw. */
  onMessage: (message: HookMessage) => void
  /** Called with a line for the log about what was lost. */
  onTrouble: (words: string) => void
}

/**
 * Receives what an agent passes to its hooks over HTTP, on loopback: from the agent's own
 * processes, or if these cannot be identified, under a secret path. Each message is answered with
 * an empty object as soon as it has arrived, because the agent waits; with this answer a hook
 * decides nothing.
 */
export class HttpHookTap {
  /** 32 random bytes, given only to the agent; undefined if its processes can be identified. */
  readonly secret: string | undefined
  readonly #options: HttpHookTapOptions
  readonly #listener: Listener
  readonly #heads = new UnfinishedHeads()

  private constructor(options: HttpHookTapOptions, server: Server, listener: Listener) {
    this.#options = options
    this.#listener = listener
    this.secret = options.peers.canTell ? undefined : randomBytes(32).toString('base64url')
    const guard = guardOf(listener.port)
    server.on('connection', (socket: Socket) => {
      this.#heads.opened(socket)
      this.#heads.begun(socket)
    })
    server.on('request', (request, response) => {
      this.#heads.whole(request.socket)
      const head = { headers: pairsOf(request.rawHeaders), target: request.url ?? '' }
      const admission = guard(head, this.#prefix)
      if ('refusal' in admission) response.writeHead(admission.refusal).end()
      else if (request.method !== 'POST') response.writeHead(405, { allow: 'POST' }).end()
      // The only remaining failure is a client that went away.
      else this.#take(request, response).catch(() => response.destroy())
    })
    server.on('clientError', (_error, socket) => socket.destroy())
  }

  /** Starts listening on 127.0.0.1, on a port that the system chooses. */
  static async start(options: HttpHookTapOptions): Promise<HttpHookTap> {
    // It never listens itself: it receives connections once their peer has been admitted.
    const server = createServer({
      keepAliveTimeout: 0,
      requestTimeout: 0,
      maxHeaderSize: HOOK_HEAD_BYTES,
    })
    const listener = await listenOnLoopback({
      peers: options.peers,
      limits: { connections: HOOK_CONNECTIONS },
      onConnection(socket) {
        server.emit('connection', socket)
        socket.resume()
      },
    })
    return new HttpHookTap(options, server, listener)
  }

  /** The URL for the agent's hook messages. */
  get url(): string {
    return `http://127.0.0.1:${this.#listener.port}${this.#prefix}/hook`
  }

  /** Stops listening, and closes all connections. */
  close(): void {
    this.#listener.close()
  }

  get #prefix(): string {
    return this.secret === undefined ? '' : `/${this.secret}`
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = Date.now()
    const parts: Buffer[] = []
    let bytes = 0
    for await (const part of request as AsyncIterable<Buffer>) {
      bytes += part.length
      if (bytes <= MESSAGE_BYTES) parts.push(part)
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    if (bytes > MESSAGE_BYTES) this.#options.onTrouble('a message to a hook was too long')
    else this.#tell(Buffer.concat(parts).toString(), at)
  }

  #tell(text: string, at: number): void {
    let json: unknown
    try {
      json = JSON.parse(text)
    } catch {
      this.#options.onTrouble('a message to a hook was no JSON')
      return
    }
    if (typeof json === 'object' && json !== null && !Array.isArray(json))
      this.#options.onMessage({ json: json as Record<string, unknown>, at })
  }
}
