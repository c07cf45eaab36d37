import type { Socket } from 'node:net'
import { HEAD_MILLISECONDS, UNFINISHED_HEADS } from './limits.js'

/**
 * Limits the admitted connections that have not sent a complete head: how many there may be, and
 * how long a head may take. One that has sent nothing may wait for ever, because agents keep
 * connections for later; it is only the first to be closed when there are too many.
 */
export class UnfinishedHeads {
  readonly #count: number
  readonly #milliseconds: number
  /** In order of arrival. */
  readonly #silent = new Set<Socket>()
  readonly #late = new Map<Socket, NodeJS.Timeout>()

  constructor({ count = UNFINISHED_HEADS, milliseconds = HEAD_MILLISECONDS } = {}) {
    this.#count = count
    this.#milliseconds = milliseconds
  }

  /** Notes that a connection was admitted. */
  opened(socket: Socket): void {
    socket.once('close', () => this.whole(socket))
    this.#silent.add(socket)
    if (this.#silent.size <= this.#count) return
    const [oldest] = this.#silent
    oldest?.destroy()
    if (oldest !== undefined) this.whole(oldest)
  }

  /** Notes that a head has begun and is not complete. */
  begun(socket: Socket): void {
    if (this.#late.has(socket)) return
    const late = setTimeout(() => socket.destroy(), this.#milliseconds)
    this.#late.set(socket, late.unref())
  }

  /** Notes that the head is complete, or no longer expected. */
  whole(socket: Socket): void {
    this.#silent.delete(socket)
    clearTimeout(this.#late.get(socket))
    this.#late.delete(socket)
  }
}
