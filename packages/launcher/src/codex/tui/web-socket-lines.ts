import { Duplex } from 'node:stream'
import type { RawData, WebSocket } from 'ws'
import { LineCutter } from '../../json-rpc-tap/line-cutter.js'

/**
 * A WebSocket as a stream of lines: each text message is read as a line, and each line that is
 * written goes out as a text message. It ends when the WebSocket closes.
 */
export class WebSocketLines extends Duplex {
  readonly #socket: WebSocket
  #messages: Uint8Array[] = []
  readonly #cutter = new LineCutter({
    limit: Number.POSITIVE_INFINITY,
    onLine: (line) => this.#messages.push(line.subarray(0, -1)),
    onLongStart() {},
    onLongRest() {},
  })

  constructor(socket: WebSocket) {
    super()
    this.#socket = socket
    socket.on('message', (message) => {
      if (!this.push(lineOf(message))) socket.pause()
    })
    socket.on('close', () => {
      this.push(null)
      this.end()
    })
    // What breaks closes too, and that is told above.
    socket.on('error', () => {})
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#cutter.push(bytes)
    const messages = this.#messages
    this.#messages = []
    const last = messages.pop()
    for (const message of messages) this.#send(message, () => {})
    // Who reads slowly slows the other side down.
    if (last === undefined) done()
    else this.#send(last, () => done())
  }

  override _final(done: () => void): void {
    this.#socket.close()
    done()
  }

  #send(message: Uint8Array, sent: () => void): void {
    this.#socket.send(message, { binary: false }, sent)
  }
}

function lineOf(message: RawData): Buffer {
  const parts = Array.isArray(message) ? message : [Buffer.from(message as Buffer)]
  return Buffer.concat([...parts, LINE_END])
}

const LINE_END = Buffer.from('\n')
