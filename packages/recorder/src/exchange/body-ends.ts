import { createHash, type Hash } from 'node:crypto'
import { BODY_BYTES, BODY_END_BYTES } from '../limits.js'

/** What is kept of a body that is too large to keep whole. */
export type BothEnds = {
  first: Uint8Array
  omitted: number
  /** Includes a little of what comes before, because a secret could begin there. */
  last: Uint8Array
  sha256: string
}

/**
 * Above this size the hash is computed as the body arrives, so that no exchange's end has to wait
 * for all of it.
 */
const HASHED_FROM = 1024 * 1024

/** How much is kept before the last end: longer than any secret. */
const BEFORE_LAST = 16 * 1024

/**
 * Keeps a body whole up to {@link BODY_BYTES}, and only the two ends of a larger one, so no body
 * takes more memory than that.
 */
export class BodyEnds {
  #parts: Uint8Array[] = []
  /** How many bytes have arrived. */
  length = 0
  #kept = 0
  #first: Uint8Array | undefined
  #hash: Hash | undefined

  push(bytes: Uint8Array): void {
    this.length += bytes.length
    this.#parts.push(bytes)
    this.#kept += bytes.length
    if (this.#hash !== undefined) this.#hash.update(bytes)
    else if (this.length > HASHED_FROM) this.#startHash()
    if (this.length <= BODY_BYTES) return
    if (this.#first === undefined) this.#keepFirst()
    // At most twice the end, so that copying stays proportional to what arrives.
    if (this.#kept > 2 * (BODY_END_BYTES + BEFORE_LAST)) this.#keepEnd()
  }

  /** SHA-256 of everything that has arrived. */
  get sha256(): string {
    if (this.#hash === undefined) this.#startHash()
    return this.#hash?.copy().digest('hex') ?? ''
  }

  /**
   * The first end of what has arrived. Joining all of it for that would take a tenth of a second,
   * in which the host could not go on.
   */
  get beginning(): Uint8Array {
    if (this.#first !== undefined) return this.#first
    const first: Uint8Array[] = []
    let missing = BODY_END_BYTES
    for (const part of this.#parts) {
      if (missing <= 0) break
      first.push(part.subarray(0, missing))
      missing -= part.length
    }
    return Buffer.concat(first)
  }

  /** Returns the whole body, or its two ends and the SHA-256 of all of it. */
  take(): { whole: Uint8Array } | BothEnds {
    if (this.#first === undefined) {
      const [only] = this.#parts
      const isOne = this.#parts.length === 1 && only !== undefined
      const whole = isOne ? only : Buffer.concat(this.#parts)
      this.#parts = [whole]
      return { whole }
    }
    this.#keepEnd()
    const last = this.#parts[0] ?? new Uint8Array(0)
    return {
      sha256: this.sha256,
      first: this.#first,
      omitted: this.length - this.#first.length - Math.min(last.length, BODY_END_BYTES),
      last,
    }
  }

  /** Frees the bytes; length and hash remain. */
  release(): void {
    this.#parts = []
  }

  #startHash(): void {
    this.#hash = createHash('sha256')
    for (const part of this.#parts) this.#hash.update(part)
  }

  #keepFirst(): void {
    this.#first = this.beginning
    let left = this.#first.length
    while (left > 0) {
      const part = this.#parts[0]
      if (part === undefined) break
      if (part.length > left) this.#parts[0] = part.subarray(left)
      else this.#parts.shift()
      left -= Math.min(left, part.length)
    }
    this.#kept -= this.#first.length
  }

  #keepEnd(): void {
    const wanted = BODY_END_BYTES + BEFORE_LAST
    const parts: Uint8Array[] = []
    for (let length = 0; length < wanted; ) {
      const part = this.#parts.pop()
      if (part === undefined) break
      parts.unshift(part)
      length += part.length
    }
    const end = Buffer.from(Buffer.concat(parts).subarray(-wanted))
    this.#parts = [end]
    this.#kept = end.length
  }
}
