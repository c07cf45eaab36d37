import type { Transform } from 'node:stream'
import zlib from 'node:zlib'
import { type Decoder, DecodingFault } from './decoder.js'
import { FzstdFrame } from './fzstd-frame.js'
import { withinTime } from './within-time.js'
import { ZlibDecoder } from './zlib-decoder.js'
import { ZstdFrames, type ZstdPart } from './zstd-frames.js'

/** What Node has since 22.15. */
type NodeZstd = {
  createZstdDecompress(): Transform
  zstdDecompressSync(bytes: Uint8Array, options: { maxOutputLength: number }): Buffer
}

const nodeZstd = 'createZstdDecompress' in zlib ? (zlib as unknown as NodeZstd) : undefined

/**
 * Decodes zstd incrementally, with Node's decoder or else one in JavaScript; each receives whole
 * blocks. Node's reports no error for a stream that ends too early, and stops after the first
 * frame.
 */
export class ZstdDecoder implements Decoder {
  readonly #frames = new ZstdFrames()
  #frame: Frame | undefined

  async *push(bytes: Uint8Array): AsyncIterable<Uint8Array> {
    let since = performance.now()
    for (const part of this.#frames.push(bytes)) {
      if (part.kind === 'header') {
        this.#frame?.close()
        this.#frame = openFrame(part)
      }
      if (this.#frame !== undefined) yield* this.#frame.part(part)
      if (performance.now() - since < TURN_MILLISECONDS) continue
      // The thread has other bodies to decode, and must hear if this one is no longer needed.
      await turn()
      since = performance.now()
    }
  }

  async *end(): AsyncIterable<Uint8Array> {
    yield* []
    if (!this.#frames.isBetweenFrames) throw new DecodingFault('it ends too early', true)
  }

  close(): void {
    this.#frame?.close()
  }
}

/**
 * Decodes a whole body at once.
 *
 * @throws if it is broken, or longer than the limit.
 */
export function unzstd(bytes: Uint8Array, limit: number): Uint8Array {
  const frames = new ZstdFrames()
  const parts = [...frames.push(bytes)]
  if (!frames.isBetweenFrames) throw new DecodingFault('it ends too early', true)
  const pieces: Uint8Array[] = []
  let left = limit
  const take = (decoded: Iterable<Uint8Array>) => {
    for (const piece of decoded) {
      left -= piece.length
      if (left < 0) throw new RangeError(`more than ${limit} bytes`)
      pieces.push(piece)
    }
  }
  if (nodeZstd === undefined) withinTime(AT_ONCE_MILLISECONDS, () => take(byFzstd(parts)))
  else take(byNode(parts, nodeZstd, limit))
  return Buffer.concat(pieces)
}

/** How much of the host's time a body may take. The 64 KiB that Codex sends take 2. */
const AT_ONCE_MILLISECONDS = 200

type Frame = {
  /** Decodes a part; the header comes first. */
  part(part: ZstdPart): AsyncIterable<Uint8Array>
  close(): void
}

function openFrame(header: Extract<ZstdPart, { kind: 'header' }>): Frame {
  if (nodeZstd === undefined) {
    const frame = new FzstdFrame(header)
    return {
      async *part(part) {
        if (part.kind === 'block') yield frame.block(part.bytes, part.isLast)
        else if (part.kind === 'checksum') frame.checksum(part.bytes)
      },
      close() {},
    }
  }
  const decoder = new ZlibDecoder(() => nodeZstd.createZstdDecompress(), 0)
  return {
    part: ({ bytes }) => decoder.push(bytes),
    close: () => decoder.close(),
  }
}

function* byFzstd(parts: readonly ZstdPart[]): Generator<Uint8Array> {
  let frame: FzstdFrame | undefined
  for (const part of parts) {
    if (part.kind === 'header') frame = new FzstdFrame(part)
    else if (part.kind === 'checksum') frame?.checksum(part.bytes)
    else if (frame !== undefined) yield frame.block(part.bytes, part.isLast)
  }
}

function* byNode(
  parts: readonly ZstdPart[],
  { zstdDecompressSync }: NodeZstd,
  limit: number,
): Generator<Uint8Array> {
  const starts = parts.flatMap(({ kind }, index) => (kind === 'header' ? [index] : []))
  for (const [index, start] of starts.entries()) {
    const frame = parts.slice(start, starts[index + 1]).map(({ bytes }) => bytes)
    yield zstdDecompressSync(Buffer.concat(frame), { maxOutputLength: limit })
  }
}

const TURN_MILLISECONDS = 10

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
