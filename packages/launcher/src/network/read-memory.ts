import type { OnReadOpts, Socket } from 'node:net'

/**
 * What one read takes at the most: twice what it is with Node, for a twentieth less work on a large
 * answer. With more, it is no longer in the processor's cache when it is recorded.
 */
const READ_BYTES = 128 * 1024

/** From here on what was read stays where it is: what is held takes four times as much, at the most. */
const LARGE_BYTES = READ_BYTES / 4

/** What is kept for the next reads: as much as may wait to be recorded. */
const KEPT = 64

const free: Buffer[] = []
const lent = new WeakSet<ArrayBufferLike>()

/**
 * Has a socket read into memory that can be given back ({@link Lent}). Node takes new memory for
 * each read, and collecting that costs as much again as the reading: all that is alive is looked
 * through for each 64 MiB. For whoever reads from the socket nothing is different.
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

/** Memory that was read into, and goes back once all who look at it have said that they do no more. */
export class Lent {
  readonly #memory: ArrayBufferLike
  #users = 0

  constructor(memory: ArrayBufferLike) {
    this.#memory = memory
  }

  /** One more looks at it. What it gives is called once, when that is over, and not before all have begun. */
  use(): () => void {
    this.#users += 1
    return () => {
      this.#users -= 1
      if (this.#users === 0 && free.length < KEPT) free.push(Buffer.from(this.#memory))
    }
  }
}

/** The memory of these bytes, where it can be given back. */
export function lentOf(bytes: Buffer): Lent | undefined {
  return lent.delete(bytes.buffer) ? new Lent(bytes.buffer) : undefined
}
