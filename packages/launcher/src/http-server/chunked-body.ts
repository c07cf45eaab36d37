/** What comes out of a body in chunked framing: pieces of it, and how much was used up. */
export type ChunkedStep = { piece: Buffer | undefined; used: number; isOver: boolean }

/** A line of the framing: a chunk's size with its extensions, or a trailer. */
const LINE_BYTES = 16 * 1024

/** Takes chunked framing (RFC 9112, 7.1) off a body. Trailers of a request are passed over. */
export class ChunkedBody {
  #state: 'size' | 'bytes' | 'end-of-bytes' | 'trailers' = 'size'
  #left = 0
  #line = ''

  /**
   * One step on, from the beginning of some bytes that are not empty.
   *
   * @throws RangeError where they are no chunked framing.
   */
  step(bytes: Buffer): ChunkedStep {
    if (this.#state === 'bytes') return this.#piece(bytes)
    const end = bytes.indexOf(10)
    const used = end < 0 ? bytes.length : end + 1
    this.#line += bytes.toString('latin1', 0, used)
    if (this.#line.length > LINE_BYTES) throw new RangeError('a line of the framing without end')
    if (end < 0) return { piece: undefined, used, isOver: false }
    const line = this.#line.replace(/\r?\n$/, '')
    this.#line = ''
    return { piece: undefined, used, isOver: this.#take(line) }
  }

  #piece(bytes: Buffer): ChunkedStep {
    const used = Math.min(this.#left, bytes.length)
    this.#left -= used
    if (this.#left === 0) this.#state = 'end-of-bytes'
    return { piece: bytes.subarray(0, used), used, isOver: false }
  }

  /** @returns whether the body is over. */
  #take(line: string): boolean {
    switch (this.#state) {
      case 'size': {
        const size = /^([0-9A-Fa-f]{1,12})[ \t]*(?:;.*)?$/.exec(line)?.[1]
        if (size === undefined) throw new RangeError('no size of a chunk')
        this.#left = Number.parseInt(size, 16)
        this.#state = this.#left === 0 ? 'trailers' : 'bytes'
        return false
      }
      case 'end-of-bytes':
        if (line !== '') throw new RangeError('a chunk that is longer than it says')
        this.#state = 'size'
        return false
      default:
        return line === ''
    }
  }
}
