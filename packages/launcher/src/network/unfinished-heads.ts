import type { Socket } from 'node:net'
import { HEAD_MILLISECONDS, UNFINISHED_HEADS } from './limits.js'

/**
 * Connections that have been let in and have not shown a whole head: how many there may be, and how
 * long one may take for it. One that has sent nothing at all may wait for good, for agents keep
 * connections that they may need later; it is only the first to go when there are too many.
 */
export class UnfinishedHeads {
  readonly #count: number
  readonly #milliseconds: number
  /** In the order in which they came. */
  readonly #silent = new Set<Socket>()
  readonly #late = new Map<Socket, NodeJS.Timeout>()

  constructor({ count = UNFINISHED_HEADS, milliseconds = HEAD_MILLISECONDS } = {}) {
    this.#count = count
    this.#milliseconds = milliseconds
  }

  /** A connection has been let in. */
  opened(socket: Socket): void {
    socket.once('close', () => this.whole(socket))
    this.#silent.add(socket)
    if (this.#silent.size <= this.#count) return
    const [oldest] = this.#silent
    oldest?.destroy()
    if (oldest !== undefined) this.whole(oldest)
  }

  /** The first bytes of a head have come, and not its last ones. */
  begun(socket: Socket): void {
    if (this.#late.has(socket)) return
    const late = setTimeout(() => socket.destroy(), this.#milliseconds)
    this.#late.set(socket, late.unref())
  }

  /** The head is there, or nobody waits for it any more. */
  whole(socket: Socket): void {
    this.#silent.delete(socket)
    clearTimeout(this.#late.get(socket))
    this.#late.delete(socket)
  }
}
