import { DecodingFault } from './decoder.js'

/** A complete part of a zstd stream (RFC 8878, 3). */
export type ZstdPart =
  | { kind: 'header'; bytes: Uint8Array; hasChecksum: boolean; contentSize: number | undefined }
  | { kind: 'block'; bytes: Uint8Array; isLast: boolean }
  | { kind: 'checksum'; bytes: Uint8Array }

/**
 * Cuts a zstd stream into its parts as it arrives, and rejects one that claims too much before
 * anything is decoded.
 */
export class ZstdFrames {
  #held: Uint8Array[] = []
  #heldLength = 0
  /** How many bytes it takes to continue parsing. */
  #needs = SHORTEST_HEADER
  #expects: 'frame' | 'block' | 'checksum' | { skip: number } = 'frame'
  #hasChecksum = false

  /** Whether the stream may end here. */
  get isBetweenFrames(): boolean {
    return this.#expects === 'frame' && this.#heldLength === 0
  }

  /** @throws DecodingFault */
  *push(bytes: Uint8Array): Generator<ZstdPart> {
    this.#held.push(bytes)
    this.#heldLength += bytes.length
    if (this.#heldLength < this.#needs) return this.#hold(bytes)
    let rest: Uint8Array = Buffer.concat(this.#held)
    for (;;) {
      this.#needs = this.#nextLength(rest)
      if (rest.length === 0 || rest.length < this.#needs) break
      const part = rest.subarray(0, this.#needs)
      rest = rest.subarray(this.#needs)
      yield* this.#part(part)
    }
    this.#held = []
    this.#heldLength = rest.length
    if (rest.length > 0) this.#hold(rest)
  }

  /** Copies the bytes, because the caller may reuse their memory. */
  #hold(bytes: Uint8Array): void {
    this.#held[Math.max(0, this.#held.length - 1)] = new Uint8Array(bytes)
  }

  /** Returns the length of the next part; more than `held` has if that is not known yet. */
  #nextLength(held: Uint8Array): number {
    const expects = this.#expects
    if (expects === 'checksum') return CHECKSUM_BYTES
    if (expects === 'block') return held.length < BLOCK_HEADER ? BLOCK_HEADER : blockLength(held)
    if (expects === 'frame') return frameHeaderLength(held)
    return Math.max(1, Math.min(expects.skip, held.length))
  }

  *#part(bytes: Uint8Array): Generator<ZstdPart> {
    const expects = this.#expects
    if (expects === 'checksum') {
      this.#expects = 'frame'
      yield { kind: 'checksum', bytes }
    } else if (expects === 'block') {
      const isLast = ((bytes[0] ?? 0) & 1) === 1
      if (isLast) this.#expects = this.#hasChecksum ? 'checksum' : 'frame'
      yield { kind: 'block', bytes, isLast }
    } else if (expects !== 'frame') {
      const skip = expects.skip - bytes.length
      this.#expects = skip > 0 ? { skip } : 'frame'
    } else if (isSkippable(bytes)) {
      const skip = numberAt(bytes, 4, 4)
      if (skip > 0) this.#expects = { skip }
    } else {
      this.#hasChecksum = ((bytes[4] ?? 0) & 4) !== 0
      this.#expects = 'block'
      yield headerPart(bytes, this.#hasChecksum)
    }
  }
}

const MAGIC = 0xfd2fb528
const SKIPPABLE = 0x184d2a5
const SHORTEST_HEADER = 5
const BLOCK_HEADER = 3
const CHECKSUM_BYTES = 4
/** RFC 9659's limit for HTTP; a decoder holds this much of its earlier output. */
const MOST_WINDOW_BYTES = 8 * 1024 * 1024
const MOST_BLOCK_BYTES = 128 * 1024

function isSkippable(bytes: Uint8Array): boolean {
  return Math.floor(numberAt(bytes, 0, 4) / 16) === SKIPPABLE
}

function frameHeaderLength(held: Uint8Array): number {
  if (held.length < SHORTEST_HEADER) return SHORTEST_HEADER
  if (isSkippable(held)) return 8
  if (numberAt(held, 0, 4) !== MAGIC) throw new DecodingFault('it is not zstd')
  const { hasWindow, dictionaryBytes, sizeBytes } = descriptorOf(held)
  return 5 + (hasWindow ? 1 : 0) + dictionaryBytes + sizeBytes
}

/** Frame_Header_Descriptor (RFC 8878, 3.1.1.1.1). */
function descriptorOf(header: Uint8Array) {
  const descriptor = header[4] ?? 0
  const isSingleSegment = (descriptor & 32) !== 0
  const sizeFlag = descriptor >> 6
  return {
    isReserved: (descriptor & 8) !== 0,
    hasWindow: !isSingleSegment,
    dictionaryBytes: [0, 1, 2, 4][descriptor & 3] ?? 0,
    sizeBytes: sizeFlag === 0 ? (isSingleSegment ? 1 : 0) : 2 ** sizeFlag,
  }
}

function headerPart(bytes: Uint8Array, hasChecksum: boolean): ZstdPart {
  const { isReserved, hasWindow, dictionaryBytes, sizeBytes } = descriptorOf(bytes)
  if (isReserved) throw new DecodingFault('its frame header is of no known form')
  const dictionaryAt = hasWindow ? 6 : 5
  if (numberAt(bytes, dictionaryAt, dictionaryBytes) !== 0) {
    throw new DecodingFault('it needs a dictionary that we do not have')
  }
  const size = numberAt(bytes, dictionaryAt + dictionaryBytes, sizeBytes)
  const contentSize = sizeBytes === 0 ? undefined : size + (sizeBytes === 2 ? 256 : 0)
  const window = hasWindow ? windowOf(bytes[5] ?? 0) : (contentSize ?? 0)
  if (window > MOST_WINDOW_BYTES) {
    throw new DecodingFault(`its window of ${window} bytes is larger than RFC 9659 allows`)
  }
  return { kind: 'header', bytes, hasChecksum, contentSize }
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3))
  return base + (base / 8) * (descriptor & 7)
}

function blockLength(held: Uint8Array): number {
  const header = numberAt(held, 0, BLOCK_HEADER)
  const type = (header >> 1) & 3
  const size = header >> 3
  if (size > MOST_BLOCK_BYTES || type === 3) {
    throw new DecodingFault('a block is of no known form')
  }
  // An RLE block contains one byte; its size field is the length after decoding.
  return BLOCK_HEADER + (type === 1 ? 1 : size)
}

/** Reads an unsigned little-endian number. */
function numberAt(bytes: Uint8Array, at: number, length: number): number {
  let number = 0
  for (let index = length - 1; index >= 0; index -= 1) {
    number = number * 256 + (bytes[at + index] ?? 0)
  }
  return number
}
