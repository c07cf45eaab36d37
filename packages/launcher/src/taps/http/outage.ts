import { setTimeout as pause } from 'node:timers/promises'
import type { Network } from '../../network/network.js'
import type { Opened } from '../../network/open-connection.js'
import { openConnection } from '../../network/open-connection.js'

export type OutageOptions = {
  network: Network
  /** Makes the tap's port refuse connections, as the upstream does. */
  refuse: () => void
  /** Makes it accept them again. */
  accept: () => unknown
  log: (level: 'info' | 'warn', words: string) => void
}

/** How long to wait after a failed attempt; the agent's own attempts are further apart. */
const PAUSE_MILLISECONDS = { first: 50, most: 1000 }

type Spare = { opened: Promise<Opened>; forget: () => void }

/** An API closes an unused connection after a minute or so, never sooner than this. */
const AT_ONCE_MILLISECONDS = 1000

/**
 * Makes the tap unreachable while its upstream is unreachable. To an agent, a refused connection
 * means that the network is down, and it waits; a broken one is a failed attempt, of which Codex
 * makes five (0.169). So that the first one is not wasted, this connects to the upstream while the
 * agent starts; the first request uses that connection.
 */
export class Outage {
  readonly #options: OutageOptions
  readonly #over = new AbortController()
  #isOut = false
  readonly #spares = new Map<string, Spare>()

  constructor(options: OutageOptions) {
    this.#options = options
  }

  /** Connects to the upstream ahead of time. */
  async ahead(origin: string): Promise<void> {
    const error = await this.#tryAhead(origin)
    if (error !== undefined && error.code !== 'HTTP2_ONLY') this.begin(origin, error)
  }

  /** Whether an origin can be reached; if so, the next connection to it already exists. */
  async canReach(origin: string): Promise<boolean> {
    const error = await this.#tryAhead(origin)
    return error === undefined || error.code === 'HTTP2_ONLY'
  }

  /** Returns an unused connection to an origin, possibly still being opened. */
  spare(origin: string): Promise<Opened> | undefined {
    const spare = this.#spares.get(origin)
    this.#spares.delete(origin)
    return spare?.opened.then((opened) => {
      const { forget } = spare
      opened.socket.off('error', forget).off('close', forget).off('end', forget).ref()
      return opened
    })
  }

  /** The origin cannot be reached: closes the port until it can. */
  begin(origin: string, error: NodeJS.ErrnoException): void {
    if (this.#isOut || this.#over.signal.aborted) return
    // The agent itself connects to such a proxy, and gets no answer that it understands.
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
      // The upstream sees as many connections as without Tacho: the agent's next one uses this.
      this.#keep(origin, opened)
      log('info', `${origin} can be reached again`)
      accept()
      return
    }
  }

  /**
   * @returns why it cannot be reached; undefined if it can, or if the connection was taken over.
   */
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
    // A connection that breaks at once would have broken for the agent too. One that stays unused
    // for long is eventually closed by its peer, and must be forgotten.
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
