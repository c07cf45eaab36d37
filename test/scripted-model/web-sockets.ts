import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { Exchange } from './exchange.js'
import type { Cues } from './play.js'
import { playOnSocket } from './play-on-socket.js'
import { type Asked, objectOf, sideReply } from './read-request.js'
import { type Reply, replyOf } from './reply.js'
import { responsesApi, responsesEvents } from './responses-api.js'
import type { Answer } from './script.js'

/** The script's answer to a request. */
export type Turn = { answer: Answer; reply: Reply; cues: Cues }

/** What the sockets report to the server, and ask it. */
export type SocketsOptions = {
  isDeflated: boolean
  begun(exchange: Exchange): void
  over(exchange: Exchange): void
  next(asked: Pick<Asked, 'api' | 'body'>, exchange: Exchange, gone: AbortSignal): Promise<Turn>
  failed(cause: unknown): void
}

const GOES_ON: Cues = { sent: async () => {}, whileHeld: async () => {} }
const NOTHING = { inputTokens: 0, outputTokens: 0 }
const NOT_FOUND = 'HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'

/** The Responses API over WebSockets: one message per request, and one per event of the answer. */
export class WebSockets {
  readonly #server: WebSocketServer
  readonly #options: SocketsOptions
  #prewarms = 0

  constructor(server: Server, options: SocketsOptions) {
    this.#options = options
    this.#server = new WebSocketServer({ noServer: true, perMessageDeflate: options.isDeflated })
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
  }

  close(): void {
    for (const socket of this.#server.clients) socket.terminate()
  }

  #upgrade(request: IncomingMessage, wire: Duplex, head: Buffer): void {
    const upgrade = new Exchange(request)
    this.#options.begun(upgrade)
    wire.on('error', () => {})
    const [path = ''] = upgrade.url.split('?')
    if (!path.endsWith(responsesApi.path)) {
      upgrade.status = 404
      upgrade.isFinished = true
      wire.end(NOT_FOUND, () => this.#options.over(upgrade))
      return
    }
    this.#server.handleUpgrade(request, wire, head, (socket) => {
      upgrade.status = 101
      this.#attend(socket, { upgrade, wire })
    })
  }

  #attend(socket: WebSocket, { upgrade, wire }: Connection): void {
    const gone = new AbortController()
    const open = new Set<Exchange>()
    socket.on('error', () => {})
    socket.on('message', async (message) => {
      const exchange = new Exchange({ ...upgrade, rawHeaders: [] }, upgrade)
      exchange.addRequestBytes(bytesOf(message))
      this.#options.begun(exchange)
      open.add(exchange)
      try {
        await this.#answer(exchange, { socket, wire, exchange, gone: gone.signal })
      } catch (cause) {
        this.#options.failed(cause)
        exchange.isBroken = true
        wire.destroy()
      }
      // What hangs or is broken ends when its socket is gone.
      if (exchange.isFinished && open.delete(exchange)) this.#options.over(exchange)
    })
    socket.on('close', (code) => {
      gone.abort()
      const isOurs = [...open].some(({ isBroken }) => isBroken)
      for (const exchange of open) this.#options.over(exchange)
      upgrade.socketEnd = { closedBy: isOurs ? 'model' : 'client', code }
      upgrade.isFinished = true
      this.#options.over(upgrade)
    })
  }

  async #answer(exchange: Exchange, stage: Parameters<typeof playOnSocket>[2]): Promise<void> {
    const body = objectOf(exchange.requestBody)
    if (body?.type !== 'response.create') {
      return playOnSocket(
        [errorEvent(400, 'The message is no response.create.')],
        {},
        stage,
        GOES_ON,
      )
    }
    if (body.generate === false) {
      exchange.isPrewarm = true
      this.#prewarms += 1
      const reply = replyOf({ usage: NOTHING }, `warm_${this.#prewarms}`, body)
      return playOnSocket(spoken(reply), {}, stage, GOES_ON)
    }
    const side = sideReply(responsesApi, body)
    if (side !== undefined) return playOnSocket(spoken(side), {}, stage, GOES_ON)
    const { answer, reply, cues } = await this.#options.next(
      { api: responsesApi, body },
      exchange,
      stage.gone,
    )
    await playOnSocket(eventsOf(answer, reply), answer, stage, cues)
  }
}

type Connection = { upgrade: Exchange; wire: Duplex }

function eventsOf(answer: Answer, reply: Reply): Iterable<string | Uint8Array> {
  const { status = 200 } = answer
  if (answer.events !== undefined) return answer.events
  if (answer.body !== undefined) return [answer.body]
  if (status < 400) return spoken(reply)
  return [errorEvent(status, `The scripted model answers ${status}.`, answer.headers)]
}

function* spoken(reply: Reply): Iterable<string> {
  for (const { json } of responsesEvents(reply)) yield json
}

// The form that Codex reads: an API error with the status that it would have over HTTP.
function errorEvent(status: number, message: string, headers?: Answer['headers']): string {
  return JSON.stringify({
    type: 'error',
    status,
    ...responsesApi.error(status, message),
    ...(headers !== undefined && { headers }),
  })
}

function bytesOf(message: RawData): Buffer {
  if (Array.isArray(message)) return Buffer.concat(message)
  return Buffer.isBuffer(message) ? message : Buffer.from(message)
}
