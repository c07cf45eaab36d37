import type { Socket } from 'node:net'
import type { Headers } from '@tacho/format'
import { headerValue, type RequestHead } from './request-head.js'

/** How a body is framed: by its length in a header, in chunks, by the end of the connection; or there is none. */
type Framing = 'length' | 'chunked' | 'close' | 'none'

export type AnswerOptions = {
  socket: Socket
  request: RequestHead
  /** Is told that all of it has been given to the socket, and whether another may follow. */
  onOver: (keepsAlive: boolean) => void
}

/** The answer to one request. What is written in one turn of the event loop goes out as one. */
export class Answer {
  readonly #socket: Socket
  readonly #request: RequestHead
  readonly #onOver: (keepsAlive: boolean) => void
  /** The head, until it can go out with the first bytes. */
  #head = ''
  #framing: Framing = 'none'
  #isCorked = false
  #isRefused = false
  #onDrain: () => void = () => {}
  #onGone: () => void = () => {}
  /** All of it has been given to the socket, or the connection is gone. */
  isOver = false

  constructor({ socket, request, onOver }: AnswerOptions) {
    this.#socket = socket
    this.#request = request
    this.#onOver = onOver
  }

  /** Is told that the client takes more again, after {@link write} has said that it does not. */
  set onDrain(told: () => void) {
    this.#onDrain = told
  }

  /** Is told that the client went away before the end. */
  set onGone(told: () => void) {
    this.#onGone = told
  }

  /**
   * The status line and the header fields, which go out with the first bytes of the body.
   *
   * @param headers without those that are about the connection.
   */
  head(status: number, statusText: string, headers: Headers): void {
    this.#framing = this.#framingOf(status, headers)
    let head = `HTTP/1.1 ${status} ${statusText}\r\n`
    for (const [name, value] of headers) head += `${name}: ${value}\r\n`
    if (this.#framing === 'chunked') head += 'Transfer-Encoding: chunked\r\n'
    if (!this.#keepsAlive()) head += 'Connection: close\r\n'
    this.#head = `${head}\r\n`
  }

  /** The head goes out now, where it has not. */
  flush(): void {
    if (this.#head === '' || this.isOver) return
    this.#send(this.#head)
    this.#head = ''
  }

  /** @returns whether the client takes more; where not, `onDrain` follows. */
  write(bytes: Buffer): boolean {
    if (this.isOver || bytes.length === 0) return true
    const head = this.#head
    this.#head = ''
    if (this.#framing === 'none') return head === '' || this.#send(head)
    if (this.#framing !== 'chunked') {
      if (head !== '') this.#send(head)
      return this.#send(bytes)
    }
    this.#send(`${head}${bytes.length.toString(16)}\r\n`)
    this.#send(bytes)
    return this.#send('\r\n')
  }

  /** What has been written goes out before the turn of the event loop is over. */
  sendNow(): void {
    if (!this.#isCorked) return
    this.#isCorked = false
    this.#socket.uncork()
  }

  end(trailers: Headers = []): void {
    if (this.isOver) return
    this.flush()
    if (this.#framing === 'chunked') {
      this.#send(`0\r\n${trailers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`)
    }
    this.isOver = true
    this.#onOver(this.#keepsAlive())
  }

  /** A whole answer of ours, without a body. */
  empty(status: number, statusText: string): void {
    this.head(status, statusText, [['Content-Length', '0']])
    this.end()
  }

  /** The same for a client that has no business here, or wants to speak something else. */
  refuse(status: number, statusText: string): void {
    this.#isRefused = true
    this.empty(status, statusText)
  }

  /** Breaks the connection off, as the upstream's broke; what has been written goes out before. */
  breakOff(isReset: boolean): void {
    this.flush()
    this.sendNow()
    this.isOver = true
    if (isReset) this.#socket.resetAndDestroy()
    else this.#socket.destroy()
  }

  /** What the connection tells: the socket is empty again. */
  drained(): void {
    if (!this.isOver) this.#onDrain()
  }

  /** What the connection tells: the client went away. */
  gone(): void {
    if (this.isOver) return
    this.isOver = true
    this.#onGone()
  }

  // RFC 9112, 6.3.
  #framingOf(status: number, headers: Headers): Framing {
    if (this.#request.method === 'HEAD' || status === 204 || status === 304) return 'none'
    if (headerValue(headers, 'content-length') !== undefined) return 'length'
    return this.#request.isLatest ? 'chunked' : 'close'
  }

  #keepsAlive(): boolean {
    return this.#request.keepsAlive && this.#framing !== 'close' && !this.#isRefused
  }

  #send(part: string | Buffer): boolean {
    if (!this.#isCorked) {
      this.#isCorked = true
      this.#socket.cork()
      process.nextTick(() => this.sendNow())
    }
    return typeof part === 'string' ? this.#socket.write(part, 'latin1') : this.#socket.write(part)
  }
}
