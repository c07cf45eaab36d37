import { bytesOf, wellFormed } from '@tacho/format'

/** Decodes UTF-8 that comes in pieces, which may be cut inside a character. */
export class Utf8Text {
  /** The first bytes of a character whose end has not come. */
  #held: Uint8Array | undefined
  #isFirst = true

  /** Returns the text up to the last whole character. */
  push(bytes: Uint8Array): string {
    const all = this.#held === undefined ? bytes : joined(this.#held, bytes)
    const whole = all.length - unfinished(all)
    // Copied, because the bytes belong to the caller; a Buffer's `slice` does not copy.
    this.#held = whole < all.length ? Uint8Array.from(all.subarray(whole)) : undefined
    return this.#unmarked(decoder.decode(whole < all.length ? all.subarray(0, whole) : all))
  }

  /** The same for text. */
  pushText(text: string): string {
    return this.#held === undefined ? this.#unmarked(wellFormed(text)) : this.push(bytesOf(text))
  }

  #unmarked(text: string): string {
    if (!this.#isFirst || text === '') return text
    this.#isFirst = false
    return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text
  }
}

// A streaming decoder takes eight times as long for 35 KB.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

const BYTE_ORDER_MARK = '\ufeff'

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length)
  both.set(one)
  both.set(other, one.length)
  return both
}

/** Returns how many bytes at the end begin a character that is not complete. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return lengthOf(byte) > back ? back : 0
  }
  return 0
}

function lengthOf(first: number): number {
  if (first >= 0xf0) return 4
  return first >= 0xe0 ? 3 : 2
}
