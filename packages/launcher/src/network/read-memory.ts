import type { OnReadOpts, Socket } from 'node:net'

/**
 * The most bytes per read: twice Node's default, which saves a twentieth of the work for a large
 * answer. With more, the bytes would have left the processor's cache by the time they are recorded.
 */
const READ_BYTES = 128 * 1024

/** Reads at least this large are not copied: what is kept takes at most four times the memory. */
const LARGE_BYTES = READ_BYTES / 4

/** How many buffers are kept for later reads: as much as may wait to be recorded. */
const KEPT = 64

const free: Buffer[] = []
const lent = new WeakSet<ArrayBufferLike>()

/**
 * Makes a socket read into memory that can be returned ({@link Lent}). Node allocates new memory
 * for each read, and collecting it costs as much again as reading: every 64 MiB, everything alive
 * is scanned. Nothing changes for readers of the socket.
 */
export function readsIntoLentMemory(): OnReadOpts {
  let memory: Buffer | undefined
  return {
    buffer: () => {
      memory ??= free.pop() ?? Buffer.allocUnsafeSlow(READ_BYTES)
      return memory
    },
    callback(this: Socket, length: number, read: Uint8Array): boolean {
      const bytes = Buffer.from(read.buffer, read.byteOffset, length)
      if (length < LARGE_BYTES) return this.push(Buffer.from(bytes))
      memory = undefined
      lent.add(bytes.buffer)
      return this.push(bytes)
    },
  }
}

/** Memory that was read into, returned for reuse once all its users are done. */
export class Lent {
  readonly #memory: ArrayBufferLike
  #users = 0

  constructor(memory: ArrayBufferLike) {
    this.#memory = memory
  }

  /**
   * Adds a user. Call the returned function once that user is done, and only after all users have
   * been added.
   */
  use(): () => void {
    this.#users += 1
    return () => {
      this.#users -= 1
      if (this.#users === 0 && free.length < KEPT) free.push(Buffer.from(this.#memory))
    }
  }
}

/** Returns the memory of these bytes, if it can be returned. */
export function lentOf(bytes: Buffer): Lent | undefined {
  return lent.delete(bytes.buffer) ? new Lent(bytes.buffer) : undefined
}
