import { setTimeout as pause } from 'node:timers/promises'
import type { Network } from '../network/network.js'
import type { Opened } from '../network/open-connection.js'
import { openConnection } from '../network/open-connection.js'

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

/**
 * What the tap does while its upstream cannot be reached: it cannot be reached either. To an agent
 * a refused connection is a network that is away, for which it waits; one that breaks is a try in
 * vain, of which Codex makes five (0.169).
 */
export class Outage {
  readonly #options: OutageOptions
  readonly #over = new AbortController()
  #isOut = false
  #spare: { origin: string; opened: Opened } | undefined

  constructor(options: OutageOptions) {
    this.#options = options
  }

  /** A connection to that origin that showed it to be back, and that nobody has used yet. */
  spare(origin: string): Opened | undefined {
    const spare = this.#spare
    if (spare?.origin !== origin) return undefined
    this.#spare = undefined
    const { socket } = spare.opened
    socket.removeAllListeners()
    return socket.destroyed || socket.readableEnded ? undefined : spare.opened
  }

  /** It cannot be reached. Until it can, the port is closed. */
  begin(origin: string, error: NodeJS.ErrnoException): void {
    if (this.#isOut || this.#over.signal.aborted) return
    this.#isOut = true
    const { refuse, log } = this.#options
    log(
      'warn',
      `${origin} cannot be reached (${error.code ?? error.message}); until it can, we cannot either`,
    )
    refuse()
    void this.#untilBack(origin)
  }

  close(): void {
    this.#over.abort()
    this.#spare?.opened.socket.destroy()
  }

  async #untilBack(origin: string): Promise<void> {
    const { network, accept, log } = this.#options
    const { signal } = this.#over
    let wait = PAUSE_MILLISECONDS.first
    while (!signal.aborted) {
      await pause(wait, undefined, { signal, ref: false }).catch(() => {})
      wait = Math.min(2 * wait, PAUSE_MILLISECONDS.most)
      const opened = await openConnection(network, new URL(origin), signal).catch(() => undefined)
      if (opened === undefined) continue
      this.#isOut = false
      this.#keep(origin, opened)
      log('info', `${origin} can be reached again`)
      accept()
      return
    }
  }

  // The upstream sees as many connections as without us: the agent's next one is this.
  #keep(origin: string, opened: Opened): void {
    const { socket } = opened
    if (this.#over.signal.aborted) {
      socket.destroy()
      return
    }
    this.#spare = { origin, opened }
    socket.on('error', () => {})
    socket.on('close', () => {
      if (this.#spare?.opened === opened) this.#spare = undefined
    })
  }
}
