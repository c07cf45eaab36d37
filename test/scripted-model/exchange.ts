import type { IncomingMessage } from 'node:http'

/** One request and its response as they passed the server's socket. It grows while they do. */
export class Exchange {
  readonly method: string
  readonly url: string
  /** Names and values in turn, in the order and case in which they came. */
  readonly rawHeaders: readonly string[]
  /** Which model request it is, counted from 1; none for side requests and other paths. */
  number: number | undefined
  /** Not there until the head of the response is sent. */
  status: number | undefined
  responseHeaders: Record<string, string | string[]> = {}
  /** Events of the response that were written whole. */
  eventsSent = 0
  /** The response was written to its end. */
  isFinished = false
  /** The server broke the connection itself, as its script says. */
  isBroken = false
  /** The client went away before the response ended. */
  aborted = false
  readonly #request = new Bytes()
  readonly #response = new Bytes()

  constructor(request: IncomingMessage) {
    this.method = request.method ?? ''
    this.url = request.url ?? ''
    this.rawHeaders = request.rawHeaders
  }

  /** Every byte of the request's body that came, chunked framing taken off. */
  get requestBody(): Buffer {
    return this.#request.whole()
  }

  /** Every byte of the response's body that was written, before chunked framing. */
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
