import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Network } from '../../network/network.js'
import { type Opened, openConnection } from '../../network/open-connection.js'
import { isBrokenOff, resetError } from './broken-connection.js'

/** How much may wait for a connection to the upstream before the agent must wait. */
const WAITING_BYTES = 1024 * 1024

/** How the upstream is reached: over a connection, or a stand-in that speaks HTTP/2. */
export type Reached = Omit<Opened, 'socket'> & { socket: Duplex; isHttp2?: boolean }

/** Bytes, or a function that makes them once it is known how the upstream is reached. */
type Outgoing = Buffer | ((reached: Reached) => Buffer)

export type LegEvents = {
  data(bytes: Buffer): void
  /** The upstream has ended its side. */
  end(): void
  /** The connection could not be opened. */
  unreachable(error: NodeJS.ErrnoException): void
  /** The connection is gone; with the error, if one broke it. */
  closed(error: NodeJS.ErrnoException | undefined): void
  /** Everything written has been passed on. */
  drained(): void
}

export type LegOptions = {
  network: Network
  origin: string
  events: LegEvents
  /** An existing connection to that origin, or one being opened. */
  spare: Promise<Opened> | undefined
  /** Opens a stand-in for a connection to an origin that speaks only HTTP/2. */
  overHttp2: () => Promise<Duplex>
}

/** The connection to the upstream for one of the agent's connections. */
export class UpstreamLeg {
  readonly origin: string
  readonly #events: LegEvents
  readonly #opening = new AbortController()
  #opened: Reached | undefined
  #waiting: Outgoing[] = []
  #waitingBytes = 0
  #isEnded = false
  #isGone = false
  #error: NodeJS.ErrnoException | undefined

  constructor({ network, origin, events, spare, overHttp2 }: LegOptions) {
    this.origin = origin
    this.#events = events
    const open = () => openConnection(network, new URL(origin), this.#opening.signal)
    const opened =
      spare?.catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'HTTP2_ONLY') throw error
        // The agent did not see the failure of the connection opened ahead, so it gets a new one.
        return open()
      }) ?? open()
    opened
      .catch(async (error: NodeJS.ErrnoException): Promise<Reached> => {
        if (error.code !== 'HTTP2_ONLY') throw error
        return { socket: await overHttp2(), form: 'origin', isHttp2: true }
      })
      .then(
        (reached) => this.#use(reached),
        (error: NodeJS.ErrnoException) => this.#failed(error),
      )
  }

  /** @returns whether more may be written at once. */
  write(bytes: Outgoing): boolean {
    if (this.#isGone) return true
    if (this.#opened !== undefined) return this.#opened.socket.write(made(bytes, this.#opened))
    this.#waiting.push(bytes)
    this.#waitingBytes += typeof bytes === 'function' ? 0 : bytes.length
    return this.#waitingBytes < WAITING_BYTES
  }

  /** Everything written until {@link uncork} is sent at once. */
  cork(): void {
    this.#opened?.socket.cork()
  }

  uncork(): void {
    this.#opened?.socket.uncork()
  }

  /** The agent has ended its side. */
  end(): void {
    this.#isEnded = true
    this.#opened?.socket.end()
  }

  pause(): void {
    this.#opened?.socket.pause()
  }

  resume(): void {
    this.#opened?.socket.resume()
  }

  /** Drops the connection; no more events follow. */
  drop(): void {
    this.#isGone = true
    this.#opening.abort()
    this.#opened?.socket.destroy()
  }

  /** Resets the connection, as the agent has reset its own. */
  reset(): void {
    this.#opening.abort()
    if (this.#opened !== undefined) reset(this.#opened.socket)
    else if (!this.#isGone) this.#close()
  }

  #use(opened: Reached): void {
    const { socket } = opened
    if (this.#isGone) {
      socket.destroy()
      return
    }
    this.#opened = opened
    if (socket.destroyed) {
      // A connection opened ahead that broke at once.
      this.#error = resetError()
      this.#close()
      return
    }
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#error ??= error
    })
    socket.on('data', (bytes: Buffer) => {
      if (!this.#isGone) this.#events.data(bytes)
    })
    socket.on('end', () => {
      if (this.#isGone) return
      if (isBrokenOff(socket)) socket.destroy(resetError())
      else this.#events.end()
    })
    socket.on('drain', () => {
      if (!this.#isGone) this.#events.drained()
    })
    socket.on('close', () => this.#close())
    this.#flush(opened)
    if (this.#isEnded) socket.end()
    // A connection opened ahead may have ended meanwhile.
    if (socket.readableEnded) this.#events.end()
    socket.resume()
  }

  #flush(opened: Reached): void {
    const { socket } = opened
    let mayGoOn = true
    socket.cork()
    for (const bytes of this.#waiting.splice(0)) mayGoOn = socket.write(made(bytes, opened))
    socket.uncork()
    this.#waitingBytes = 0
    if (mayGoOn) this.#events.drained()
  }

  #failed(error: NodeJS.ErrnoException): void {
    if (this.#isGone) return
    this.#events.unreachable(error)
    this.#close()
  }

  #close(): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#events.closed(this.#error)
  }
}

/** Resets a connection, so that its peer sees a failure. */
export function reset(socket: Duplex): void {
  try {
    if ('resetAndDestroy' in socket) (socket as Socket).resetAndDestroy()
    else socket.destroy()
  } catch {
    // TLS has no reset of its own (Node: ERR_INVALID_HANDLE_TYPE).
    socket.destroy()
  }
}

function made(bytes: Outgoing, opened: Reached): Buffer {
  return typeof bytes === 'function' ? bytes(opened) : bytes
}
