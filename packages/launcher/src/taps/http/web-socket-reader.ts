import type { Side } from './http-event.js'
import { extension, PerMessageDeflate, Receiver } from './web-socket-parts.js'

/** What came from one side of a WebSocket: a whole message, or a control frame. */
export type WebSocketMessage = {
  from: Side
  type: 'text' | 'binary' | 'ping' | 'pong' | 'close'
  content: Buffer
  /** The status of a `close`; absent if it has none. */
  code?: number
  /** When its last bytes arrived: microseconds since the epoch. */
  at: number
}

export type WebSocketReaderOptions = {
  from: Side
  /** The answer's `Sec-WebSocket-Extensions`: what was negotiated. */
  extensions: string | undefined
  onMessage: (message: WebSocketMessage) => void
  /** Called when the bytes can no longer be parsed as a WebSocket. */
  onUnreadable: (reason: string) => void
}

/** The largest message that is assembled. */
const MESSAGE_BYTES = 64 * 1024 * 1024

const NO_STATUS = 1005

const NOTHING = Buffer.alloc(0)

/**
 * Reads one direction of a WebSocket (RFC 6455) after its bytes have passed: assembles fragments,
 * and inflates `permessage-deflate`. It answers nothing and changes nothing.
 */
export class WebSocketReader {
  readonly #options: WebSocketReaderOptions
  readonly #receiver: InstanceType<typeof Receiver> | undefined
  #at = 0
  #isUnreadable = false

  constructor(options: WebSocketReaderOptions) {
    this.#options = options
    const receiver = this.#openReceiver()
    this.#receiver = receiver
    const told = (type: WebSocketMessage['type'], content: Buffer, code?: number) =>
      options.onMessage({
        from: options.from,
        type,
        content,
        at: this.#at,
        ...(code !== undefined && { code }),
      })
    receiver?.on('message', (content: Buffer, isBinary: boolean) =>
      told(isBinary ? 'binary' : 'text', content),
    )
    receiver?.on('ping', (content: Buffer) => told('ping', content))
    receiver?.on('pong', (content: Buffer) => told('pong', content))
    receiver?.on('conclude', (code: number, reason: Buffer) =>
      told('close', reason, code === NO_STATUS ? undefined : code),
    )
    receiver?.on('error', (error: Error) => this.#lost(error.message))
  }

  /** @param at when they arrived: microseconds since the epoch. */
  push(bytes: Buffer, at: number): void {
    if (this.#isUnreadable || this.#receiver === undefined) return
    this.#at = at
    // An agent's frames are masked, and `ws` unmasks in place: the same bytes may not have been
    // written to the upstream yet.
    this.#receiver.write(this.#options.from === 'agent' ? Buffer.from(bytes) : bytes)
  }

  /** Whether pushed bytes are not reported yet, because a compressed message takes a moment. */
  get isReading(): boolean {
    return !this.#isUnreadable && (this.#receiver?.writableLength ?? 0) > 0
  }

  /** Resolves when everything pushed has been reported. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isUnreadable || this.#receiver === undefined) resolve()
      else this.#receiver.write(NOTHING, () => resolve())
    })
  }

  #openReceiver(): InstanceType<typeof Receiver> | undefined {
    const { from, extensions } = this.#options
    const isServer = from === 'agent'
    try {
      return new Receiver({
        isServer,
        extensions: inflating(extensions, isServer),
        maxPayload: MESSAGE_BYTES,
        skipUTF8Validation: true,
      })
    } catch (error) {
      this.#lost(`its extensions: ${(error as Error).message}`)
      return undefined
    }
  }

  #lost(reason: string): void {
    if (this.#isUnreadable) return
    this.#isUnreadable = true
    this.#options.onUnreadable(reason)
  }
}

function inflating(header: string | undefined, isServer: boolean) {
  const agreed = header ? extension.parse(header)['permessage-deflate'] : undefined
  if (agreed === undefined) return {}
  const deflate = new PerMessageDeflate({ threshold: 0 }, isServer, MESSAGE_BYTES)
  deflate.accept(agreed.map(known))
  return { [PerMessageDeflate.extensionName]: deflate }
}

// RFC 7692, 7.1. An agent's own client may ignore other parameters, and so does this.
const PARAMETERS = new Set([
  'server_no_context_takeover',
  'client_no_context_takeover',
  'server_max_window_bits',
  'client_max_window_bits',
])

function known(agreed: object): object {
  return Object.fromEntries(Object.entries(agreed).filter(([name]) => PARAMETERS.has(name)))
}
