import { setTimeout as pause } from 'node:timers/promises'
import type { Network } from '../../network/network.js'
import type { Opened } from '../../network/open-connection.js'
import { openConnection } from '../../network/open-connection.js'

export type OutageOptions = {
  network: Network
  /** Has the tap's port refuse connections, as the upstream does. */
  refuse: () => void
  /** Has it take them again. */
  accept: () => unknown
  log: (level: 'info' | 'warn', words: string) => void
}

/** How long after a try in vain the next one comes; the agent's own tries are further apart. */
const PAUSE_MILLISECONDS = { first: 50, most: 1000 }

type Spare = { opened: Promise<Opened>; forget: () => void }

/** An API closes a connection that nobody uses after a minute or so, and not sooner than this. */
const AT_ONCE_MILLISECONDS = 1000

/**
 * What the tap does while its upstream cannot be reached: it cannot be reached either. To an agent
 * a refused connection is a network that is away, for which it waits; one that breaks is a try in
 * vain, of which Codex makes five (0.169). So that the first one is not lost, the upstream is
 * connected to while the agent starts; its first request goes over that connection.
 */
export class Outage {
  readonly #options: OutageOptions
  readonly #over = new AbortController()
  #isOut = false
  readonly #spares = new Map<string, Spare>()

  constructor(options: OutageOptions) {
    this.#options = options
  }

  /** Connects to the upstream beforehand. */
  async ahead(origin: string): Promise<void> {
    const error = await this.#tryAhead(origin)
    if (error !== undefined && error.code !== 'HTTP2_ONLY') this.begin(origin, error)
  }

  /** Whether an origin can be reached; the next connection to it is there already then. */
  async canReach(origin: string): Promise<boolean> {
    const error = await this.#tryAhead(origin)
    return error === undefined || error.code === 'HTTP2_ONLY'
  }

  /** A connection to that origin that nobody has used yet, or that is being made. */
  spare(origin: string): Promise<Opened> | undefined {
    const spare = this.#spares.get(origin)
    this.#spares.delete(origin)
    return spare?.opened.then((opened) => {
      const { forget } = spare
      opened.socket.off('error', forget).off('close', forget).off('end', forget).ref()
      return opened
    })
  }

  /** It cannot be reached. Until it can, the port is closed. */
  begin(origin: string, error: NodeJS.ErrnoException): void {
    if (this.#isOut || this.#over.signal.aborted) return
    // The agent itself connects to such a proxy, and hears nothing of it that it understands.
    if (error.code === 'PROXY_UNUSABLE' && origin.startsWith('http:')) return
    this.#isOut = true
    const { refuse, log } = this.#options
    const reason = error.code ?? error.message
    log('warn', `${origin} cannot be reached (${reason}); until it can, we cannot either`)
    refuse()
    void this.#untilBack(origin)
  }

  close(): void {
    this.#over.abort()
    for (const { opened } of this.#spares.values())
      opened.then(({ socket }) => socket.destroy()).catch(() => {})
    this.#spares.clear()
  }

  async #untilBack(origin: string): Promise<void> {
    const { accept, log } = this.#options
    const { signal } = this.#over
    let wait = PAUSE_MILLISECONDS.first
    while (!signal.aborted) {
      await pause(wait, undefined, { signal, ref: false }).catch(() => {})
      wait = Math.min(2 * wait, PAUSE_MILLISECONDS.most)
      const opened = this.#open(origin)
      const isBack = await opened.then(
        () => true,
        () => false,
      )
      if (!isBack) continue
      this.#isOut = false
      // The upstream sees as many connections as without us: the agent's next one is this.
      this.#keep(origin, opened)
      log('info', `${origin} can be reached again`)
      accept()
      return
    }
  }

  /** @returns why it cannot be; nothing where it can, or where somebody has taken the connection over. */
  async #tryAhead(origin: string): Promise<NodeJS.ErrnoException | undefined> {
    const known = this.#spares.get(origin)?.opened
    const opened = known ?? this.#open(origin)
    if (known === undefined) this.#keep(origin, opened)
    const error = await opened.then(
      () => undefined,
      (cause: NodeJS.ErrnoException) => cause,
    )
    if (error === undefined || this.#spares.get(origin)?.opened !== opened) return undefined
    this.#spares.delete(origin)
    return error
  }

  #open(origin: string): Promise<Opened> {
    return openConnection(this.#options.network, new URL(origin), this.#over.signal)
  }

  #keep(origin: string, opened: Promise<Opened>): void {
    const since = performance.now()
    // What is broken off at once, the agent would have seen broken off. What nobody uses for long is
    // closed by the other end in time, and is no connection any more.
    const forget = () => {
      const isOld = performance.now() - since > AT_ONCE_MILLISECONDS
      if (isOld && this.#spares.get(origin)?.opened === opened) this.#spares.delete(origin)
    }
    this.#spares.set(origin, { opened, forget })
    opened.then(
      ({ socket }) => {
        socket.on('error', forget).on('close', forget).on('end', forget).unref()
      },
      () => {},
    )
  }
}
