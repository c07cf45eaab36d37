import type { Headers } from '@tacho/format'
import { fieldsOf, linesOf } from './message-head.js'

/** What some bytes of a chunked body are. */
export type ChunkedPart = {
  /** How many of them belong to the body, including framing. */
  length: number
  /** The body's content among them. */
  content: Buffer[]
  /** The trailer fields, once the body has ended. */
  trailers?: Headers
  /** Why it can no longer be parsed. */
  unreadable?: string
}

const [LF, CR, SPACE, TAB] = [10, 13, 32, 9]

/** Limits for a line of framing, since sizes can have extensions, and for the trailer fields. */
const LINE_BYTES = 64 * 1024
const TRAILER_BYTES = 1024 * 1024

type State = 'size' | 'extension' | 'content' | 'content-end' | 'trailers'

/**
 * Parses the chunked coding (RFC 9112, 7.1) as tolerantly as clients do: whitespace around a size,
 * extensions, a bare LF as a line end.
 */
export class ChunkedBody {
  #state: State = 'size'
  #size = 0
  #digits = 0
  #hasBlank = false
  #line = 0
  #trailers = ''

  push(bytes: Buffer): ChunkedPart {
    const content: Buffer[] = []
    let at = 0
    while (at < bytes.length) {
      if (this.#state === 'content') {
        const end = Math.min(bytes.length, at + this.#size)
        content.push(bytes.subarray(at, end))
        this.#size -= end - at
        at = end
        if (this.#size === 0) this.#begin('content-end')
        continue
      }
      const byte = bytes[at] as number
      at += 1
      const unreadable = this.#framing(byte)
      if (unreadable !== undefined) return { length: at - 1, content, unreadable }
      if (this.#state === 'trailers' && this.#isOver()) {
        return { length: at, content, trailers: fieldsOf(linesOf(this.#trailers)) }
      }
    }
    return { length: at, content }
  }

  /** @returns why this byte is invalid here. */
  #framing(byte: number): string | undefined {
    this.#line += 1
    if (this.#line > (this.#state === 'trailers' ? TRAILER_BYTES : LINE_BYTES)) {
      return `a line of chunk framing is longer than ${LINE_BYTES} bytes`
    }
    switch (this.#state) {
      case 'size':
        return this.#sizeByte(byte)
      case 'extension':
        if (byte === LF) this.#sizeEnds()
        return undefined
      case 'content-end':
        if (byte === LF) this.#begin('size')
        return byte === LF || byte === CR ? undefined : 'a chunk does not end where its size says'
      default:
        this.#trailers += String.fromCharCode(byte)
        return undefined
    }
  }

  #sizeByte(byte: number): string | undefined {
    const digit = hexDigit(byte)
    if (digit !== undefined && !this.#hasBlank) {
      this.#digits += 1
      this.#size = this.#size * 16 + digit
      return Number.isSafeInteger(this.#size) ? undefined : 'a chunk size is too large'
    }
    if (byte === SPACE || byte === TAB || byte === CR) {
      this.#hasBlank ||= this.#digits > 0
      return undefined
    }
    if (this.#digits === 0) return 'a chunk has no size'
    if (byte === LF) this.#sizeEnds()
    else if (byte === 0x3b) this.#state = 'extension'
    else return 'a chunk size is not a number'
    return undefined
  }

  #sizeEnds(): void {
    this.#begin(this.#size === 0 ? 'trailers' : 'content')
  }

  #begin(state: State): void {
    this.#state = state
    this.#line = 0
    if (state !== 'size') return
    this.#size = 0
    this.#digits = 0
    this.#hasBlank = false
  }

  /** The trailers end with a blank line. */
  #isOver(): boolean {
    const text = this.#trailers
    if (!text.endsWith('\n')) return false
    return text === '\n' || text === '\r\n' || text.endsWith('\n\n') || text.endsWith('\n\r\n')
  }
}

function hexDigit(byte: number): number | undefined {
  if (byte >= 48 && byte <= 57) return byte - 48
  const lower = byte | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : undefined
}
