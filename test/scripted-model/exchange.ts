import type { IncomingMessage } from 'node:http'

/** The parts of a request's head that an exchange keeps. */
type Head = Pick<IncomingMessage, 'method' | 'url' | 'rawHeaders'>

/** How a WebSocket ended: who closed it, and with which code (1006: without a close frame). */
export type SocketEnd = { closedBy: 'client' | 'model'; code: number }

/**
 * One request and its response as they passed the server's socket; it grows while they do. The
 * upgrade to a WebSocket is an exchange that lasts as long as the socket, and each request over
 * that socket is another.
 */
export class Exchange {
  readonly method: string
  readonly url: string
  /** Names and values in turn, in their original order and case. */
  readonly rawHeaders: readonly string[]
  /** Which model request it is, counted from 1; absent for side requests and other paths. */
  number: number | undefined
  /** Absent until the head of the response is sent. */
  status: number | undefined
  responseHeaders: Record<string, string | string[]> = {}
  /** Events of the response that were written completely. */
  eventsSent = 0
  /** The response was written to its end. */
  isFinished = false
  /** The server broke the connection itself, as scripted. */
  isBroken = false
  /** The client left before the response ended. */
  aborted = false
  /** For an upgrade whose socket is gone. */
  socketEnd: SocketEnd | undefined
  /** The upgrade of the WebSocket that it came over. */
  readonly connection: Exchange | undefined
  /** It came over a WebSocket and wants no answer of the model (`generate: false`). */
  isPrewarm = false
  readonly #request = new Bytes()
  readonly #response = new Bytes()

  constructor(request: Head, connection?: Exchange) {
    this.method = request.method ?? ''
    this.url = request.url ?? ''
    this.rawHeaders = request.rawHeaders
    this.connection = connection
  }

  /** `websocket`: a message and the messages that answered it. */
  get transport(): 'http' | 'websocket' {
    return this.connection === undefined ? 'http' : 'websocket'
  }

  /** Every byte of the request's body, without chunked framing; or the message. */
  get requestBody(): Buffer {
    return this.#request.whole()
  }

  /**
   * Every byte of the response's body, before chunked framing; or each message of the answer,
   * followed by a newline.
   */
  get responseBody(): Buffer {
    return this.#response.whole()
  }

  addRequestBytes(bytes: Buffer): void {
    this.#request.add(bytes)
  }

  addResponseBytes(bytes: Buffer): void {
    this.#response.add(bytes)
  }
}

class Bytes {
  #parts: Buffer[] = []

  add(bytes: Buffer): void {
    this.#parts.push(bytes)
  }

  whole(): Buffer {
    const [only] = this.#parts
    if (this.#parts.length === 1 && only !== undefined) return only
    const whole = Buffer.concat(this.#parts)
    this.#parts = [whole]
    return whole
  }
}
