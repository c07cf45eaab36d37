import type { Socket } from 'node:net'
import { Answer } from './answer.js'
import { ChunkedBody } from './chunked-body.js'
import { parseRequestHead } from './request-head.js'
import { ServerRequest } from './server-request.js'

/** Is given each request with its answer, in their order, the next when the one before is answered. */
export type OnRequest = (request: ServerRequest, answer: Answer) => void

/** Headers of some agents are large; more than this is no head. */
const HEAD_BYTES = 1024 * 1024

const NOTHING: Buffer = Buffer.alloc(0)

/**
 * The server's side of one HTTP/1.1 connection. Node's own server takes 0.2 ms more for a request,
 * which an agent would wait for each time; this one does what a tap needs and no more.
 */
export class HttpConnection {
  readonly #socket: Socket
  readonly #onRequest: OnRequest
  readonly #onFault: (cause: unknown) => void
  #unread = NOTHING
  #state: 'head' | 'body' | 'answer' | 'over' = 'head'
  #request: ServerRequest | undefined
  #answer: Answer | undefined
  #left = 0
  #chunked: ChunkedBody | undefined
  #isPaused = false
  #isTaking = false

  /** @param onFault is told what was thrown for a request; its connection is broken off then. */
  constructor(socket: Socket, onRequest: OnRequest, onFault: (cause: unknown) => void) {
    this.#socket = socket
    this.#onRequest = onRequest
    this.#onFault = onFault
    socket.on('data', (bytes: Buffer) => this.#arrived(bytes))
    socket.on('drain', () => this.#answer?.drained())
    // Who still waits for an answer does not hang up; Node's server sees it so, too.
    socket.on('end', () => {
      if (this.#state === 'body' || this.#state === 'answer') this.#socket.destroy()
    })
    socket.on('close', () => this.#gone())
    // `close` follows.
    socket.on('error', () => {})
  }

  #arrived(bytes: Buffer): void {
    if (this.#state === 'over') return
    this.#unread = this.#unread.length === 0 ? bytes : Buffer.concat([this.#unread, bytes])
    this.#take()
  }

  /** Takes what can be taken of what has arrived. */
  #take(): void {
    // What a reader does can lead back here; the loop below goes on by itself.
    if (this.#isTaking) return
    this.#isTaking = true
    try {
      while (this.#unread.length > 0 && !this.#isPaused && this.#takeOne()) {}
    } catch (cause) {
      this.#onFault(cause)
      this.#socket.destroy()
      return
    } finally {
      this.#isTaking = false
    }
    const hasRoom = this.#unread.length === 0 || this.#state === 'head'
    if (this.#isPaused || !hasRoom) this.#socket.pause()
    else if (this.#socket.isPaused()) this.#socket.resume()
  }

  /** @returns whether more may be taken. */
  #takeOne(): boolean {
    switch (this.#state) {
      case 'head':
        return this.#takeHead()
      case 'body':
        return this.#chunked === undefined ? this.#takeBytes() : this.#takeChunked(this.#chunked)
      // The next request waits until this one is answered.
      case 'answer':
        return false
      case 'over':
        this.#unread = NOTHING
        return false
    }
  }

  #takeHead(): boolean {
    // RFC 9112, 2.2: an empty line before a request is passed over.
    const start = this.#unread[0] === 13 && this.#unread[1] === 10 ? 2 : 0
    const end = this.#unread.indexOf('\r\n\r\n', start, 'latin1')
    if (end < 0) {
      if (this.#unread.length > HEAD_BYTES) this.#refuse('431 Request Header Fields Too Large')
      // TLS, say, whose client would wait for ever.
      else if (!isMethodLetter(this.#unread[start])) this.#refuse('400 Bad Request')
      return false
    }
    const head = parseRequestHead(this.#unread.toString('latin1', start, end))
    this.#unread = this.#unread.subarray(end + 4)
    if (head === undefined || head.method === 'CONNECT') {
      if (head === undefined) this.#refuse('400 Bad Request')
      else this.#socket.destroy()
      return false
    }
    this.#state = 'body'
    this.#chunked = head.body === 'chunked' ? new ChunkedBody() : undefined
    this.#left = head.body === 'chunked' ? 0 : head.body
    const request = new ServerRequest(head, {
      started: () => {
        if (head.expectsContinue && head.body !== 0) {
          this.#socket.write('HTTP/1.1 100 Continue\r\n\r\n', 'latin1')
        }
      },
      pause: () => this.#pause(request, true),
      resume: () => this.#pause(request, false),
    })
    const answer = new Answer({
      socket: this.#socket,
      request: head,
      onOver: (keepsAlive) => this.#answered(keepsAlive),
    })
    this.#request = request
    this.#answer = answer
    this.#onRequest(request, answer)
    if (head.body === 0) this.#bodyOver()
    return true
  }

  #takeBytes(): boolean {
    const piece = this.#unread.subarray(0, this.#left)
    this.#unread = this.#unread.subarray(piece.length)
    this.#left -= piece.length
    this.#request?.reader.bytes(piece)
    if (this.#left === 0) this.#bodyOver()
    return true
  }

  #takeChunked(chunked: ChunkedBody): boolean {
    try {
      const { piece, used, isOver } = chunked.step(this.#unread)
      this.#unread = this.#unread.subarray(used)
      if (piece !== undefined) this.#request?.reader.bytes(piece)
      if (isOver) this.#bodyOver()
      return true
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      // Where its body ends is not known, so neither is where the next request begins.
      this.#socket.destroy()
      return false
    }
  }

  #bodyOver(): void {
    if (this.#state !== 'body') return
    this.#state = 'answer'
    const request = this.#request
    this.#request = undefined
    request?.reader.end()
  }

  #answered(keepsAlive: boolean): void {
    // Answered before its body was there: what still comes of it belongs to no request.
    const isCutShort = this.#left > 0 || (this.#state === 'body' && this.#chunked !== undefined)
    if (!keepsAlive || isCutShort) {
      this.#state = 'over'
      this.#unread = NOTHING
      this.#isPaused = false
      this.#request = undefined
      this.#socket.resume()
      this.#socket.end()
      return
    }
    this.#state = 'head'
    this.#answer = undefined
    this.#take()
  }

  #pause(request: ServerRequest, isPaused: boolean): void {
    if (this.#request !== request || this.#isPaused === isPaused) return
    this.#isPaused = isPaused
    this.#take()
  }

  #gone(): void {
    const [request, answer] = [this.#request, this.#answer]
    this.#state = 'over'
    this.#unread = NOTHING
    this.#request = undefined
    this.#answer = undefined
    request?.reader.gone()
    answer?.gone()
  }

  #refuse(status: string): void {
    this.#state = 'over'
    this.#unread = NOTHING
    this.#socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  }
}

/** Whether a request can begin so: methods are words in capitals by all that is in use. */
function isMethodLetter(byte: number | undefined): boolean {
  return byte === undefined || (byte >= 65 && byte <= 90) || byte === 13
}
