import { Decompress } from 'fzstd'
import { DecodingFault } from './decoder.js'
import { Xxh64 } from './xxh64.js'
import type { ZstdPart } from './zstd-frames.js'

/**
 * Decodes a zstd frame on Node versions without zstd: with fzstd, one block at a time, so that it
 * can stop after each. fzstd checks neither checksums nor the frame's stated length, so this does.
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
    // Clears the checksum flag: fzstd would wait for the checksum, which is checked here.
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
    // The checksum is the low four bytes of the hash (RFC 8878, 3.1.1).
    const stated = Buffer.from(bytes).readUInt32LE()
    if (this.#hash?.low32() !== stated) throw new DecodingFault('its checksum is wrong')
  }

  #decode(bytes: Uint8Array, isLast: boolean): Uint8Array {
    this.#piece = NOTHING
    try {
      this.#stream.push(bytes, isLast)
    } catch (cause) {
      // Catches everything: on some broken input, fzstd throws a RangeError from an array.
      throw new DecodingFault(cause instanceof Error ? cause.message : String(cause))
    }
    return this.#piece
  }
}

const NOTHING = new Uint8Array(0)

// Empty raw blocks: fzstd waits for 18 bytes, and a header can be as short as six.
const PADDING = new Uint8Array(3 * 4)
