import { Decompress } from 'fzstd'
import { DecodingFault } from './decoder.js'
import { Xxh64 } from './xxh64.js'
import type { ZstdPart } from './zstd-frames.js'

/**
 * A zstd frame where Node has no zstd: by fzstd, one block at a time, so that it can be stopped behind
 * each. It looks neither at checksums nor at the length that a frame says it has: that is done here.
 */
export class FzstdFrame {
  readonly #stream = new Decompress()
  readonly #hash: Xxh64 | undefined
  readonly #contentSize: number | undefined
  #length = 0
  #piece: Uint8Array = NOTHING

  constructor(header: Extract<ZstdPart, { kind: 'header' }>) {
    this.#hash = header.hasChecksum ? new Xxh64() : undefined
    this.#contentSize = header.contentSize
    this.#stream.ondata = (decoded) => {
      if (decoded.length > 0) this.#piece = decoded
    }
    const bytes = new Uint8Array(header.bytes.length + PADDING.length)
    bytes.set(header.bytes)
    bytes.set(PADDING, header.bytes.length)
    // It would wait for the checksum, which we look at.
    bytes[4] = (bytes[4] ?? 0) & ~4
    this.#decode(bytes, false)
  }

  /** @throws DecodingFault */
  block(bytes: Uint8Array, isLast: boolean): Uint8Array {
    const piece = this.#decode(bytes, isLast)
    this.#length += piece.length
    this.#hash?.update(piece)
    const size = this.#contentSize ?? this.#length
    if (this.#length > size || (isLast && this.#length < size)) {
      throw new DecodingFault('it has not the length that its header says')
    }
    return piece
  }

  /** @throws DecodingFault */
  checksum(bytes: Uint8Array): void {
    // The low four bytes of the hash (RFC 8878, 3.1.1).
    const stated = Buffer.from(bytes).readUInt32LE()
    if (this.#hash?.low32() !== stated) throw new DecodingFault('its checksum is wrong')
  }

  #decode(bytes: Uint8Array, isLast: boolean): Uint8Array {
    this.#piece = NOTHING
    try {
      this.#stream.push(bytes, isLast)
    } catch (cause) {
      // Whatever it throws: on some broken input that is a RangeError of an array.
      throw new DecodingFault(cause instanceof Error ? cause.message : String(cause))
    }
    return this.#piece
  }
}

const NOTHING = new Uint8Array(0)

// fzstd looks at nothing before it has 18 bytes, and a header may have six: raw blocks of no bytes.
const PADDING = new Uint8Array(3 * 4)
