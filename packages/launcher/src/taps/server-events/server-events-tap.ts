import { get, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { createParser } from 'eventsource-parser'

export type ServerEventsOptions = {
  /** The URL of the server's events: `http://127.0.0.1:4096/global/event`. */
  url: URL
  /** `Basic …`, if the server requires it. */
  authorization?: string | undefined
  /** Whether the agent is what listens there: nothing else receives the authorization. */
  isAgents: (port: number) => Promise<boolean>
  /** Receives each event's text. Must not throw. */
  onEvent: (text: string) => void
  /** Called with a sentence for the log if events may be missing. */
  onTrouble: (words: string) => void
}

/** How often to try a server that does not listen yet, in milliseconds. */
const RETRY = 50

/** A starting server may accept a connection and never answer it (opencode 1.18). */
const PATIENCE = 1000

/** A check of who listens can miss a process that has just begun to. */
const REFUSALS = 20

/** The longest event, in characters. */
const EVENT_CHARACTERS = 16 * 1024 * 1024

/**
 * Receives the server-sent events of an agent's own server, from when it listens until it ends.
 * Only reads; never throws.
 */
export class ServerEventsTap {
  readonly #options: ServerEventsOptions
  #socket: Socket | undefined
  #refusals = 0
  #timer: NodeJS.Timeout | undefined
  #hasHeard = false
  #isClosed = false

  constructor(options: ServerEventsOptions) {
    this.#options = options
    this.#connect()
  }

  /** Whether the server has sent anything. */
  get hasHeard(): boolean {
    return this.#hasHeard
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#socket?.destroy()
  }

  #connect(): void {
    const { url, isAgents } = this.#options
    const port = Number(url.port)
    const socket = connect(port, url.hostname)
    this.#socket = socket
    let isOver = false
    const again = (delay: number) => {
      if (isOver) return
      isOver = true
      socket.destroy()
      this.#later(delay)
    }
    this.#wait(PATIENCE, () => again(0))
    socket.on('error', () => again(RETRY))
    socket.on('connect', async () => {
      if (await isAgents(port)) this.#ask(socket, again)
      else {
        this.#refused()
        again(RETRY)
      }
    })
  }

  #refused(): void {
    this.#refusals += 1
    if (this.#refusals === REFUSALS)
      this.#options.onTrouble(`another program listens on port ${this.#options.url.port}`)
  }

  #ask(socket: Socket, again: (delay: number) => void): void {
    const { url, authorization } = this.#options
    const headers = {
      accept: 'text/event-stream',
      ...(authorization !== undefined && { authorization }),
    }
    // Its own connection: it stays open, and none of this process's other requests waits for it.
    const request = get(url, { headers, agent: false, createConnection: () => socket })
    request.on('error', () => again(RETRY))
    request.on('response', (response) => this.#hear(response, again))
  }

  #hear(response: IncomingMessage, again: (delay: number) => void): void {
    const { onEvent, onTrouble } = this.#options
    if (response.statusCode !== 200) {
      clearTimeout(this.#timer)
      response.resume()
      onTrouble(`its server answers ${response.statusCode}`)
      this.close()
      return
    }
    const parser = createParser({
      maxBufferSize: EVENT_CHARACTERS,
      onEvent: ({ data }) => onEvent(data),
      onError({ type }) {
        if (type === 'max-buffer-size-exceeded') onTrouble('an event was too long to be read')
      },
    })
    response.setEncoding('utf8')
    response.on('data', (text: string) => {
      clearTimeout(this.#timer)
      this.#hasHeard = true
      parser.feed(text)
    })
    response.on('error', () => again(RETRY))
    response.on('end', () => again(RETRY))
  }

  #later(delay: number): void {
    if (!this.#isClosed) this.#wait(delay, () => this.#connect())
  }

  #wait(delay: number, work: () => void): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(work, delay)
    // The run lasts as long as the agent, and no longer because of this.
    this.#timer.unref()
  }
}
