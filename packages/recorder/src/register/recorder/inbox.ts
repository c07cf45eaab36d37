import type { Socket } from 'node:net'
import { INBOX_BYTES, INBOX_SLICE_MILLISECONDS } from '../../limits.js'
import { FrameReader, type OnMessage } from '../apart/frame-reader.js'

/**
 * What comes out of the pipe, until it is dealt with. Reading goes first: the host is to get rid of
 * what it has told, whatever that takes to be recorded.
 */
export class Inbox {
  readonly #pipe: Socket
  readonly #reader: FrameReader
  readonly #onEnd: () => Uint8Array | undefined
  readonly #waiting: Buffer[] = []
  #bytes = 0
  #isPlanned = false
  #isOver = false

  /** @param onEnd is called behind the last message, when the host is gone; gives what it left elsewhere. */
  constructor(pipe: Socket, onMessage: OnMessage, onEnd: () => Uint8Array | undefined) {
    this.#pipe = pipe
    this.#reader = new FrameReader(onMessage)
    this.#onEnd = onEnd
    pipe.on('data', (bytes) => this.#add(bytes))
    for (const name of ['end', 'error', 'close']) pipe.on(name, () => this.#over())
  }

  #add(bytes: Buffer): void {
    this.#waiting.push(bytes)
    this.#bytes += bytes.length
    if (this.#bytes > INBOX_BYTES) this.#pipe.pause()
    this.#plan()
  }

  #over(): void {
    this.#isOver = true
    this.#plan()
  }

  #plan(): void {
    if (this.#isPlanned) return
    this.#isPlanned = true
    setImmediate(() => this.#work())
  }

  #end(): void {
    const left = this.#onEnd()
    if (left === undefined) return
    this.#waiting.push(Buffer.from(left.buffer, left.byteOffset, left.byteLength))
    this.#bytes += left.length
    this.#plan()
  }

  #work(): void {
    this.#isPlanned = false
    const until = performance.now() + INBOX_SLICE_MILLISECONDS
    while (performance.now() < until) {
      const bytes = this.#waiting.shift()
      if (bytes === undefined) break
      this.#bytes -= bytes.length
      this.#reader.push(bytes)
    }
    if (this.#bytes < INBOX_BYTES / 2 && this.#pipe.isPaused()) this.#pipe.resume()
    if (this.#waiting.length > 0) this.#plan()
    else if (this.#isOver) this.#end()
  }
}
