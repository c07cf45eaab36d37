import { connect, createServer, type Server, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { HeldPort } from './held-port.js'
import { CONNECTIONS, UNCHECKED_CONNECTIONS, WATCH_MILLISECONDS } from './limits.js'
import type { Peers } from './peer.js'

export type ListenOptions = {
  peers: Peers
  limits?: { connections?: number; unchecked?: number; watchMilliseconds?: number }
  /** What may wait in a socket to be sent, in bytes; Node's own default where it is left out. */
  highWaterMark?: number
  /**
   * Is given each connection that may talk to us, half-open ones allowed: it is paused (`resume` it), nothing of
   * it has been read, and no listeners of ours are on it.
   */
  onConnection: (socket: Socket) => void
  /** Is told, in a sentence, what does not work; each thing once. */
  onTrouble?: (sentence: string) => void
}

/**
 * Listens on 127.0.0.1 and a port that the system chooses. Whoever may not talk to us is closed
 * before a byte of his is read.
 *
 * @throws where no port is available.
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

/** Use {@link listenOnLoopback}. It has its port until it is closed, whether it accepts or refuses. */
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

  /** Connections that were handed over and are open. */
  get connections(): number {
    return this.#open.size
  }

  get isRefusing(): boolean {
    return this.#server === undefined
  }

  /**
   * Listens from now on.
   *
   * @throws where another program listens on the port meanwhile. As soon as it does no more, we do.
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
    // No descriptor for another connection, say; the next one may find one.
    server.on('error', (error) => this.#tell(`a connection was not accepted: ${error.message}`))
    clearInterval(this.#watch)
  }

  /**
   * Refuses who connects from now on (ECONNREFUSED). Connections that are open stay, and so do those
   * that the kernel has made and we have not seen yet: they would be reset, which costs the agent a try.
   */
  async refuse(): Promise<void> {
    this.#isToAccept = false
    // Once through the event loop, and they have been accepted.
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

  /** Stops listening, gives the port back, and closes all connections. */
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

  // Who wants the port may have it while nobody listens on it, if he asks for it as such.
  #lookForOthers(): void {
    const probe = connect(this.port, '127.0.0.1')
    probe.on('error', ignore)
    probe.once('connect', async () => {
      probe.destroy()
      const users = await this.#options.peers.listenersOn(this.port)
      if (!this.isRefusing || this.#isClosed) return
      // It has ended in between, most likely the one that was told of.
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
