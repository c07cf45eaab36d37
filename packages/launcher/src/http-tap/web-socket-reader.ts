import type { Side } from './http-event.js'
import { extension, PerMessageDeflate, Receiver } from './web-socket-parts.js'

/** What came over a WebSocket from one side: a whole message, or a control frame. */
export type WebSocketMessage = {
  from: Side
  type: 'text' | 'binary' | 'ping' | 'pong' | 'close'
  content: Buffer
  /** The status of a `close`; not there where it has none. */
  code?: number
  /** When the bytes that ended it arrived: microseconds since the epoch. */
  at: number
}

export type WebSocketReaderOptions = {
  from: Side
  /** `Sec-WebSocket-Extensions` of the answer: what was agreed on. */
  extensions: string | undefined
  onMessage: (message: WebSocketMessage) => void
  /** The bytes are no WebSocket that can be followed, from here on. */
  onUnreadable: (reason: string) => void
}

/** A message larger than this is not put together. */
const MESSAGE_BYTES = 64 * 1024 * 1024

const NO_STATUS = 1005

const NOTHING = Buffer.alloc(0)

/**
 * Reads one direction of a WebSocket (RFC 6455) behind its bytes: fragments put together,
 * `permessage-deflate` taken off. It answers nothing and changes nothing.
 */
export class WebSocketReader {
  readonly #options: WebSocketReaderOptions
  readonly #receiver: InstanceType<typeof Receiver>
  #at = 0
  #isUnreadable = false

  constructor(options: WebSocketReaderOptions) {
    this.#options = options
    const isServer = options.from === 'agent'
    this.#receiver = new Receiver({
      isServer,
      extensions: inflating(options.extensions, isServer),
      maxPayload: MESSAGE_BYTES,
      skipUTF8Validation: true,
    })
    const told = (type: WebSocketMessage['type'], content: Buffer, code?: number) =>
      options.onMessage({
        from: options.from,
        type,
        content,
        at: this.#at,
        ...(code !== undefined && { code }),
      })
    this.#receiver.on('message', (content: Buffer, isBinary: boolean) =>
      told(isBinary ? 'binary' : 'text', content),
    )
    this.#receiver.on('ping', (content: Buffer) => told('ping', content))
    this.#receiver.on('pong', (content: Buffer) => told('pong', content))
    this.#receiver.on('conclude', (code: number, reason: Buffer) =>
      told('close', reason, code === NO_STATUS ? undefined : code),
    )
    this.#receiver.on('error', (error: Error) => this.#lost(error.message))
  }

  /** @param at when they arrived: microseconds since the epoch. */
  push(bytes: Buffer, at: number): void {
    if (this.#isUnreadable) return
    this.#at = at
    // The frames of an agent are masked, and `ws` takes the mask off in place: of these bytes the
    // upstream's copy may not be written yet.
    this.#receiver.write(this.#options.from === 'agent' ? Buffer.from(bytes) : bytes)
  }

  /** Resolves when all that was pushed has been told: a compressed message takes a moment. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isUnreadable) resolve()
      else this.#receiver.write(NOTHING, () => resolve())
    })
  }

  #lost(reason: string): void {
    if (this.#isUnreadable) return
    this.#isUnreadable = true
    this.#options.onUnreadable(reason)
  }
}

function inflating(header: string | undefined, isServer: boolean) {
  const agreed = header === undefined ? undefined : extension.parse(header)['permessage-deflate']
  if (agreed === undefined) return {}
  const deflate = new PerMessageDeflate({ threshold: 0 }, isServer, MESSAGE_BYTES)
  deflate.accept(agreed)
  return { [PerMessageDeflate.extensionName]: deflate }
}
