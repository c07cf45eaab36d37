import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net'
import {
  INBOX_BEHIND_BYTES,
  INBOX_BEHIND_MILLISECONDS,
  INBOX_BYTES,
  INBOX_IDLE_MILLISECONDS,
  INBOX_LITTLE_BYTES,
  INBOX_READ_BYTES,
  INBOX_REST_BYTES,
  INBOX_REST_MILLISECONDS,
  INBOX_SLICE_MILLISECONDS,
} from '../../limits.js'
import { Backlog } from '../apart/backlog.js'
import { FrameReader, type OnMessage } from '../apart/frame-reader.js'

export type InboxOptions = {
  /** The descriptor of the pipe. */
  descriptor: number
  onMessage: OnMessage
  /** Called when the pipe ends, before its last messages are processed. */
  onHostGone: () => void
  /** Called after the last message; returns what the host left elsewhere. */
  onEnd: () => Uint8Array | undefined
}

/**
 * Reads the pipe and holds its messages until they are processed. Reading comes first, so that the
 * host can always hand over its messages. But they do not wake this process each time, and while
 * the host keeps sending, the processors are left to it and its server.
 */
export class Inbox {
  readonly #options: InboxOptions
  readonly #pipe: Socket
  readonly #reader: FrameReader
  readonly #waiting = new Backlog()
  /** When the first of the waiting bytes were read, and the last. */
  #firstAt = 0
  #lastAt = 0
  #isFull = false
  #isWorking = false
  #isOver = false
  /** How long it last did not listen, in milliseconds. */
  #rest = 1
  #look: NodeJS.Timeout | undefined

  constructor(options: InboxOptions) {
    this.#options = options
    this.#reader = new FrameReader(options.onMessage)
    this.#pipe = openPipe(options.descriptor, (bytes) => this.#add(bytes))
    this.#pipe.on('end', options.onHostGone)
    for (const name of ['end', 'error', 'close']) this.#pipe.on(name, () => this.#over())
    this.#pipe.resume()
  }

  /** Sends a word to the host, if it is still there. */
  say(word: string): void {
    if (this.#pipe.writable) this.#pipe.write(word)
  }

  /** @returns whether to read more at once. */
  #add(bytes: Uint8Array): boolean {
    this.#lastAt = performance.now()
    if (this.#waiting.length === 0) this.#firstAt = this.#lastAt
    this.#waiting.append(bytes)
    this.#isFull = this.#waiting.length > INBOX_BYTES
    this.#plan()
    if (this.#isFull) return false
    if (bytes.length >= INBOX_REST_BYTES) return true
    this.#takeRest(bytes.length)
    return false
  }

  // Waking this process costs the host time, and reading costs its processor.
  #takeRest(bytes: number): void {
    const longer = bytes < INBOX_LITTLE_BYTES ? 2 * this.#rest : 1
    this.#rest = Math.min(longer, INBOX_REST_MILLISECONDS)
    setTimeout(() => this.#pipe.resume(), this.#rest)
  }

  #over(): void {
    this.#isOver = true
    this.#plan()
  }

  #plan(): void {
    if (this.#isWorking) return
    if (this.#isOver || this.#waiting.length > INBOX_BEHIND_BYTES) this.#begin()
    else this.#look ??= setTimeout(() => this.#lookAround(), INBOX_IDLE_MILLISECONDS)
  }

  #lookAround(): void {
    const now = performance.now()
    // Timers can fire a little early.
    const isIdle = now - this.#lastAt > INBOX_IDLE_MILLISECONDS - 1
    if (isIdle || now - this.#firstAt > INBOX_BEHIND_MILLISECONDS) this.#begin()
    else this.#look?.refresh()
  }

  #begin(): void {
    clearTimeout(this.#look)
    this.#look = undefined
    this.#isWorking = true
    setImmediate(() => this.#work())
  }

  #work(): void {
    const until = performance.now() + INBOX_SLICE_MILLISECONDS
    while (this.#waiting.length > 0 && performance.now() < until) {
      const [first = NOTHING] = this.#waiting.first
      const bytes = first.subarray(0, PUSHED_BYTES)
      this.#reader.push(bytes)
      this.#waiting.drop(bytes.length)
    }
    if (this.#isFull && this.#waiting.length < INBOX_BYTES / 2) {
      this.#isFull = false
      this.#pipe.resume()
    }
    if (this.#waiting.length > 0) setImmediate(() => this.#work())
    else {
      this.#isWorking = false
      if (this.#isOver) this.#end()
    }
  }

  #end(): void {
    const left = this.#options.onEnd()
    if (left === undefined) return
    this.#waiting.append(left)
    this.#plan()
  }
}

/** How much is processed between two looks at the clock: about a millisecond of work. */
const PUSHED_BYTES = 16 * 1024

const NOTHING = new Uint8Array()

/** @param onRead receives bytes, valid until it returns; returns whether to read more at once. */
function openPipe(descriptor: number, onRead: (bytes: Uint8Array) => boolean): Socket {
  // Node's types have this option for `connect` only.
  const options: SocketConstructorOpts & { onread: OnReadOpts } = {
    fd: descriptor,
    onread: {
      buffer: Buffer.allocUnsafeSlow(INBOX_READ_BYTES),
      callback: (length, bytes) => onRead(bytes.subarray(0, length)),
    },
  }
  return new Socket(options)
}
