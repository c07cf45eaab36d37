/** The size of the blocks that hold waiting bytes. */
const BLOCK_BYTES = 256 * 1024

/** How many blocks to keep for reuse; Node is slow to free memory. */
const SPARE_BLOCKS = 8

/** How many blocks to write at once. */
const PARTS = 16

type Block = { memory: Buffer; start: number; end: number }

/** A queue of bytes in reused memory. */
export class Backlog {
  readonly #blocks: Block[] = []
  readonly #spare: Buffer[] = []
  length = 0

  /** @param bytes are copied. */
  append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const block = this.#lastWithRoom()
      const { memory, end } = block
      const part = bytes.subarray(at, at + memory.length - end)
      memory.set(part, end)
      block.end += part.length
      at += part.length
    }
    this.length += bytes.length
  }

  /** The oldest bytes. */
  get first(): Uint8Array[] {
    return this.#blocks.slice(0, PARTS).map(({ memory, start, end }) => memory.subarray(start, end))
  }

  /** Drops bytes from the front, once they are written. */
  drop(bytes: number): void {
    this.length -= bytes
    for (let left = bytes; left > 0; ) {
      const [block] = this.#blocks
      if (block === undefined) return
      const taken = Math.min(left, block.end - block.start)
      block.start += taken
      left -= taken
      if (block.start === block.end) this.#release(block)
    }
  }

  /** Takes all bytes and empties the queue. */
  takeAll(): Uint8Array[] {
    this.length = 0
    return this.#blocks.splice(0).map(({ memory, start, end }) => memory.subarray(start, end))
  }

  #lastWithRoom(): Block {
    const last = this.#blocks.at(-1)
    if (last !== undefined && last.end < last.memory.length) return last
    const memory = this.#spare.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES)
    const block = { memory, start: 0, end: 0 }
    this.#blocks.push(block)
    return block
  }

  #release({ memory }: Block): void {
    this.#blocks.shift()
    if (this.#spare.length < SPARE_BLOCKS) this.#spare.push(memory)
  }
}
