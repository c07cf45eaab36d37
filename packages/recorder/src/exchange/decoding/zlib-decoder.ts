import type { Transform } from 'node:stream'
import zlib from 'node:zlib'
import { type Decoder, DecodingFault } from './decoder.js'

/**
 * Wraps one of Node's decompression streams, a slice at a time: a slice's output is read before the
 * next one goes in, so that each output's arrival time is known and none waits inside.
 */
export class ZlibDecoder implements Decoder {
  readonly #open: (first: number) => Transform
  readonly #trailer: number
  #stream: Transform | undefined
  #taken = 0
  #fault: Error | undefined
  #isOver = false
  #wake: () => void = () => {}

  /**
   * @param open creates the stream, given the first byte.
   * @param trailer how many bytes follow the content: its checksum.
   */
  constructor(open: (first: number) => Transform, trailer: number) {
    this.#open = open
    this.#trailer = trailer
  }

  async *push(bytes: Uint8Array): AsyncIterable<Uint8Array> {
    for (const slice of slicesOf(bytes, this.#taken, this.#trailer)) {
      if (this.#isOver) return
      const stream = this.#started(slice[0] ?? 0)
      let isTaken = false
      stream.write(slice, () => {
        isTaken = true
        this.#wake()
      })
      this.#taken += slice.length
      yield* this.#give(stream, () => isTaken)
    }
  }

  async *end(): AsyncIterable<Uint8Array> {
    const stream = this.#stream
    // An empty body is not coded, whatever its header says.
    if (stream === undefined || this.#isOver) return
    stream.end()
    try {
      yield* this.#give(stream, () => this.#isOver)
    } catch (cause) {
      if (!(cause instanceof DecodingFault)) throw cause
      // Everything so far was valid, or `push` would have failed.
      throw new DecodingFault('it ends too early', true)
    }
  }

  close(): void {
    this.#isOver = true
    this.#stream?.destroy()
  }

  #started(first: number): Transform {
    if (this.#stream !== undefined) return this.#stream
    const stream = this.#open(first)
    this.#stream = stream
    stream.on('readable', () => this.#wake())
    // Can come in the middle of a write: what follows the end does not count.
    stream.on('end', () => {
      this.#isOver = true
      this.#wake()
    })
    stream.on('error', (error) => {
      this.#fault = error
      this.#wake()
    })
    return stream
  }

  async *#give(stream: Transform, isDone: () => boolean): AsyncIterable<Uint8Array> {
    for (;;) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      const hasEnded = isDone()
      for (let piece = stream.read(); piece !== null; piece = stream.read()) yield piece
      if (this.#fault !== undefined) throw new DecodingFault(this.#fault.message)
      if (hasEnded || this.#isOver) return
      if (!isDone()) await woken
    }
  }
}

// A slice that contains a fault loses its output. So the first slices are short, and a trailer,
// whose checksum may be wrong, is passed alone.
const FIRST_BYTES = 16 * 1024
const SHORT_SLICE = 512
const LONG_SLICE = 64 * 1024

function* slicesOf(bytes: Uint8Array, taken: number, last: number): Generator<Uint8Array> {
  const trailer = Math.max(0, bytes.length - last)
  for (let at = 0; at < trailer; ) {
    const length = taken + at < FIRST_BYTES ? SHORT_SLICE : LONG_SLICE
    yield bytes.subarray(at, Math.min(trailer, at + length))
    at += length
  }
  if (bytes.length > trailer) yield bytes.subarray(trailer)
}

/** With Node's default of 16 KiB, a large body spends most of its time between chunks. */
const CHUNKS = { chunkSize: 64 * 1024, highWaterMark: 64 * 1024 }

/** Opens a decoder for a coding that every Node version has. */
export function openZlib(coding: 'gzip' | 'deflate' | 'br'): Decoder {
  switch (coding) {
    case 'gzip':
      return new ZlibDecoder(() => zlib.createGunzip(CHUNKS), 8)
    case 'deflate':
      return new ZlibDecoder(inflater, 4)
    case 'br':
      return new ZlibDecoder(() => zlib.createBrotliDecompress(CHUNKS), 0)
  }
}

function inflater(first: number): Transform {
  return hasWrapper(first) ? zlib.createInflate(CHUNKS) : zlib.createInflateRaw(CHUNKS)
}

/**
 * Whether data that begins with this byte has zlib's wrapper. `deflate` requires it (RFC 9110,
 * 8.4.1.2), but some servers omit it; with it, the low half of the byte is 8 (RFC 1950, 2.2).
 */
export function hasWrapper(first: number): boolean {
  return (first & 15) === 8
}
