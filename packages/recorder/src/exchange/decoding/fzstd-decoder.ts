import { Decompress } from 'fzstd'
import { type Decoder, DecodingFault } from './decoder.js'
import { Xxh64 } from './xxh64.js'
import { ZstdFrames, type ZstdPart } from './zstd-frames.js'

/**
 * zstd where Node has none: fzstd, one block at a time, so that it can be stopped behind each. It
 * looks neither at checksums nor at the size that a frame says it has: that is done here.
 */
export class FzstdDecoder implements Decoder {
  readonly #frames = new ZstdFrames()
  #frame: Frame | undefined

  async *push(bytes: Uint8Array): AsyncIterable<Uint8Array> {
    let since = performance.now()
    for (const piece of this.#pieces(bytes)) {
      if (piece.length > 0) yield piece
      if (performance.now() - since < TURN_MILLISECONDS) continue
      // This thread has other bodies, and wants to hear when nobody needs this one any more.
      await turn()
      since = performance.now()
    }
  }

  async *end(): AsyncIterable<Uint8Array> {
    this.finish()
  }

  close(): void {
    this.#frame = undefined
  }

  /** @throws DecodingFault */
  *take(bytes: Uint8Array): Generator<Uint8Array> {
    for (const piece of this.#pieces(bytes)) if (piece.length > 0) yield piece
  }

  /** @throws DecodingFault where more should have come. */
  finish(): void {
    if (!this.#frames.isBetweenFrames) throw new DecodingFault('it ends too early', true)
  }

  *#pieces(bytes: Uint8Array): Generator<Uint8Array> {
    for (const part of this.#frames.push(bytes)) yield this.#decode(part)
  }

  #decode(part: ZstdPart): Uint8Array {
    if (part.kind === 'header') {
      this.#frame = openFrame(part)
      return NOTHING
    }
    const frame = this.#frame
    if (frame === undefined) return NOTHING
    if (part.kind === 'checksum') {
      // The low four bytes of the hash (RFC 8878, 3.1.1).
      const stated = Buffer.from(part.bytes).readUInt32LE()
      if (frame.hash?.low32() !== stated) throw new DecodingFault('its checksum is wrong')
      return NOTHING
    }
    const piece = blockOf(frame, part)
    frame.length += piece.length
    frame.hash?.update(piece)
    const isOther = part.isLast ? frame.length !== frame.contentSize : false
    if (frame.contentSize !== undefined && (isOther || frame.length > frame.contentSize)) {
      throw new DecodingFault('it has not the length that its header says')
    }
    return piece
  }
}

const NOTHING = new Uint8Array(0)
const TURN_MILLISECONDS = 10

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

type Frame = {
  stream: Decompress
  hash: Xxh64 | undefined
  contentSize: number | undefined
  length: number
}

function openFrame(header: Extract<ZstdPart, { kind: 'header' }>): Frame {
  const stream = new Decompress()
  const bytes = new Uint8Array(header.bytes.length + PADDING.length)
  bytes.set(header.bytes)
  bytes.set(PADDING, header.bytes.length)
  // It would wait for the checksum, which we look at.
  bytes[4] = (bytes[4] ?? 0) & ~4
  stream.ondata = () => {}
  attempt(() => stream.push(bytes))
  return {
    stream,
    hash: header.hasChecksum ? new Xxh64() : undefined,
    contentSize: header.contentSize,
    length: 0,
  }
}

// fzstd looks at nothing before it has 18 bytes, and a header may have six: raw blocks of no bytes.
const PADDING = new Uint8Array(3 * 4)

function blockOf({ stream }: Frame, { bytes, isLast }: { bytes: Uint8Array; isLast: boolean }) {
  let piece: Uint8Array = NOTHING
  stream.ondata = (decoded) => {
    if (decoded.length > 0) piece = decoded
  }
  attempt(() => stream.push(bytes, isLast))
  return piece
}

// Whatever it throws: on some broken input that is a RangeError of an array.
function attempt(work: () => void): void {
  try {
    work()
  } catch (cause) {
    throw new DecodingFault(cause instanceof Error ? cause.message : String(cause))
  }
}
