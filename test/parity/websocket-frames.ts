import { createHash } from 'node:crypto'
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import type { SeenRequest } from './seen.js'

/** One frame as it was on the wire, unmasked. */
export type SeenFrame = {
  opcode: number
  isLast: boolean
  /** The first reserved bit: its message is compressed. */
  isDeflated: boolean
  isMasked: boolean
  payload: Buffer
}

export const TEXT = 1
export const BINARY = 2
export const CONTINUATION = 0
export const CLOSE = 8
export const PING = 9
export const PONG_FRAME = 10

/** RFC 6455, section 5.2: splits a stream of bytes into frames. */
export class FrameReader {
  #rest = Buffer.alloc(0)

  read(bytes: Buffer): SeenFrame[] {
    this.#rest = Buffer.concat([this.#rest, bytes])
    const frames: SeenFrame[] = []
    for (;;) {
      const frame = this.#next()
      if (frame === undefined) return frames
      frames.push(frame)
    }
  }

  #next(): SeenFrame | undefined {
    const bytes = this.#rest
    if (bytes.length < 2) return undefined
    const [first = 0, second = 0] = bytes
    const isMasked = (second & 0x80) !== 0
    const short = second & 0x7f
    const lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0
    const start = 2 + lengthBytes + (isMasked ? 4 : 0)
    if (bytes.length < start) return undefined
    const length =
      lengthBytes === 0
        ? short
        : lengthBytes === 2
          ? bytes.readUInt16BE(2)
          : Number(bytes.readBigUInt64BE(2))
    if (bytes.length < start + length) return undefined
    const mask = isMasked ? bytes.subarray(start - 4, start) : Buffer.alloc(4)
    const payload = Buffer.from(bytes.subarray(start, start + length))
    for (const [at, byte] of payload.entries()) payload[at] = byte ^ (mask[at % 4] ?? 0)
    this.#rest = bytes.subarray(start + length)
    return {
      opcode: first & 0x0f,
      isLast: (first & 0x80) !== 0,
      isDeflated: (first & 0x40) !== 0,
      isMasked,
      payload,
    }
  }
}

/** How `frame` encodes its payload. */
export type FrameOptions = {
  opcode?: number
  isLast?: boolean
  isDeflated?: boolean
  mask?: boolean
}

/** One frame as a server sends it, with the shortest encoding of its length. */
export function frame(payload: string | Uint8Array, options: FrameOptions = {}): Buffer {
  const bytes = Buffer.from(payload)
  const { opcode = TEXT, isLast = true, isDeflated = false, mask = false } = options
  const first = opcode | (isLast ? 0x80 : 0) | (isDeflated ? 0x40 : 0)
  const length =
    bytes.length < 126
      ? Buffer.of(bytes.length)
      : bytes.length < 65536
        ? Buffer.of(126, bytes.length >> 8, bytes.length & 0xff)
        : Buffer.concat([Buffer.of(127), bigEndian64(bytes.length)])
  // A mask of zeros leaves the payload unchanged.
  if (mask) length[0] = (length[0] ?? 0) | 0x80
  return Buffer.concat([Buffer.of(first), length, Buffer.alloc(mask ? 4 : 0), bytes])
}

function bigEndian64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}

/** A close frame: a code and a reason. */
export function closeFrame(code: number, reason = ''): Buffer {
  return frame(Buffer.concat([Buffer.of(code >> 8, code & 0xff), Buffer.from(reason)]), {
    opcode: CLOSE,
  })
}

const WINDOW = 32 * 1024
const TAIL = Buffer.of(0, 0, 0xff, 0xff)

/**
 * RFC 7692 with context takeover: each message is compressed with its predecessors in the window.
 */
export class MessageDeflate {
  #window = Buffer.alloc(0)

  deflate(text: string | Uint8Array): Buffer {
    const bytes = Buffer.from(text)
    const deflated = deflateRawSync(bytes, {
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(this.#window.length > 0 && { dictionary: this.#window }),
    })
    this.#remember(bytes)
    return deflated.subarray(0, -TAIL.length)
  }

  inflate(payload: Uint8Array): Buffer {
    const bytes = inflateRawSync(Buffer.concat([payload, TAIL]), {
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(this.#window.length > 0 && { dictionary: this.#window }),
    })
    this.#remember(bytes)
    return bytes
  }

  #remember(bytes: Buffer): void {
    this.#window = Buffer.concat([this.#window, bytes]).subarray(-WINDOW)
  }
}

/** The head that accepts an upgrade; `extensions` is the response to `Sec-WebSocket-Extensions`. */
export function accept(extensions?: string): (request: SeenRequest) => string {
  return ({ head }) => {
    const key = /^sec-websocket-key: *(\S+)/im.exec(head)?.[1] ?? ''
    // The constant of RFC 6455, section 1.3.
    const answer = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${answer.digest('base64')}\r\n${
      extensions === undefined ? '' : `Sec-WebSocket-Extensions: ${extensions}\r\n`
    }\r\n`
  }
}
