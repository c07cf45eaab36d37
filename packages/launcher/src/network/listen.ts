import { connect, createServer, type Server, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { HeldPort } from './held-port.js'
import { CONNECTIONS, UNCHECKED_CONNECTIONS, WATCH_MILLISECONDS } from './limits.js'
import type { Peers } from './peer.js'

export type ListenOptions = {
  peers: Peers
  limits?: { connections?: number; unchecked?: number; watchMilliseconds?: number }
  /** The most bytes that may wait in a socket to be sent; default: Node's own. */
  highWaterMark?: number
  /**
   * Receives each admitted connection, which may be half-open: paused (call `resume`), unread, and
   * without listeners of ours.
   */
  onConnection: (socket: Socket) => void
  /** Called with a sentence about each problem, once. */
  onTrouble?: (sentence: string) => void
}

/**
 * Listens on 127.0.0.1, on a port that the system chooses. A peer that is not admitted is closed
 * before any of it is read.
 *
 * @throws if no port is available.
 */
export async function listenOnLoopback(options: ListenOptions): Promise<Listener> {
  const listener = new Listener(options)
  try {
    await listener.accept()
  } catch (error) {
    listener.close()
    throw error
  }
  return listener
}

/**
 * Use {@link listenOnLoopback}. It holds its port until it is closed, whether it accepts or
 * refuses.
 */
export class Listener {
  readonly #options: ListenOptions
  readonly #port = new HeldPort()
  readonly #open = new Set<Socket>()
  readonly #told = new Set<string>()
  #hasToldOfAnother = false
  #unchecked = new Set<Socket>()
  #server: Server | undefined
  #isToAccept = true
  #watch: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(options: ListenOptions) {
    this.#options = options
  }

  get port(): number {
    return this.#port.port
  }

  /** How many admitted connections are open. */
  get connections(): number {
    return this.#open.size
  }

  get isRefusing(): boolean {
    return this.#server === undefined
  }

  /**
   * Starts listening.
   *
   * @throws if another program listens on the port meanwhile; this one takes over once that stops.
   */
  async accept(): Promise<void> {
    this.#isToAccept = true
    if (this.#server !== undefined || this.#isClosed) return
    const handle = this.#port.take()
    const { highWaterMark } = this.#options
    const server = createServer(
      {
        pauseOnConnect: true,
        allowHalfOpen: true,
        noDelay: true,
        ...(highWaterMark !== undefined && { highWaterMark }),
      },
      (socket) => this.#accepted(socket),
    )
    this.#server = server
    try {
      await listening(server, handle)
    } catch (error) {
      this.#server = undefined
      this.#port.hold()
      throw error
    }
    // For example, no descriptor was free; the next connection may find one.
    server.on('error', (error) => this.#tell(`a connection was not accepted: ${error.message}`))
    clearInterval(this.#watch)
  }

  /**
   * Refuses new connections (ECONNREFUSED). Open connections stay, and so do those that the kernel
   * has established and we have not accepted yet: resetting them would cost the agent an attempt.
   */
  async refuse(): Promise<void> {
    this.#isToAccept = false
    // After one turn of the event loop they are accepted.
    await nextTurn()
    await nextTurn()
    this.#refuseNow()
  }

  #refuseNow(): void {
    if (this.#isToAccept || this.#isClosed || this.#server === undefined) return
    this.#stop()
    this.#port.hold()
    const { watchMilliseconds = WATCH_MILLISECONDS } = this.#options.limits ?? {}
    this.#watch = setInterval(() => this.#lookAfterPort(), watchMilliseconds).unref()
  }

  /** Stops listening, releases the port, and closes all connections. */
  close(): void {
    this.#isClosed = true
    this.#stop()
    clearInterval(this.#watch)
    this.#port.release()
    for (const socket of [...this.#unchecked, ...this.#open]) socket.destroy()
  }

  #stop(): void {
    this.#server?.close()
    this.#server = undefined
  }

  #accepted(socket: Socket): void {
    const { limits = {}, peers, onConnection } = this.#options
    const { connections = CONNECTIONS, unchecked = UNCHECKED_CONNECTIONS } = limits
    if (this.#open.size >= connections || this.#unchecked.size >= unchecked) {
      socket.destroy()
      return
    }
    this.#unchecked.add(socket)
    socket.on('error', ignore)
    void peers.admits(socket).then((isAdmitted) => {
      this.#unchecked.delete(socket)
      if (!isAdmitted || socket.destroyed) {
        socket.destroy()
        return
      }
      this.#open.add(socket)
      socket.once('close', () => this.#open.delete(socket))
      onConnection(socket)
      socket.off('error', ignore)
    })
  }

  #lookAfterPort(): void {
    if (this.#isToAccept) this.accept().catch(ignore)
    else this.#lookForOthers()
  }

  // A program can take the port while nobody listens on it, if it asks for exactly that port.
  #lookForOthers(): void {
    const probe = connect(this.port, '127.0.0.1')
    probe.on('error', ignore)
    probe.once('connect', async () => {
      probe.destroy()
      const users = await this.#options.peers.listenersOn(this.port)
      if (!this.isRefusing || this.#isClosed) return
      // It has ended meanwhile; most likely it is the one already reported.
      if (users.length === 0 && this.#hasToldOfAnother) return
      this.#hasToldOfAnother = true
      const whose = users.length === 0 ? '' : ` of user ${users.join(' and ')}`
      this.#tell(
        `another program${whose} listens on 127.0.0.1:${this.port}, which is this session's: the agent may send its requests there`,
      )
    })
  }

  #tell(sentence: string): void {
    if (this.#told.has(sentence)) return
    this.#told.add(sentence)
    this.#options.onTrouble?.(sentence)
  }
}

function listening(server: Server, handle: unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(handle, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function ignore(): void {}
