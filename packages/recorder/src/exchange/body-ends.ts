import { BODY_BYTES, BODY_END_BYTES } from '../limits.js'

/**
 * Keeps a body whole up to {@link BODY_BYTES}; of a larger one its two ends, so that no body, however
 * large, takes more memory than that.
 */
export class BodyEnds {
  #parts: Uint8Array[] = []
  /** Bytes that have arrived. */
  length = 0
  #kept = 0
  #first: Uint8Array | undefined

  push(bytes: Uint8Array): void {
    this.length += bytes.length
    this.#parts.push(bytes)
    this.#kept += bytes.length
    if (this.length <= BODY_BYTES) return
    if (this.#first === undefined) {
      const all = Buffer.concat(this.#parts)
      this.#first = Buffer.from(all.subarray(0, BODY_END_BYTES))
      this.#parts = [all.subarray(BODY_END_BYTES)]
      this.#kept = all.length - BODY_END_BYTES
    }
    // Twice the end at most, so that the copying stays in proportion to what arrives.
    if (this.#kept > 2 * BODY_END_BYTES) this.#keepEnd()
  }

  /** The whole body, or its two ends. */
  take(): { whole: Uint8Array } | { first: Uint8Array; omitted: number; last: Uint8Array } {
    if (this.#first === undefined) {
      const [only] = this.#parts
      return {
        whole: this.#parts.length === 1 && only !== undefined ? only : Buffer.concat(this.#parts),
      }
    }
    this.#keepEnd()
    const last = this.#parts[0] ?? new Uint8Array(0)
    return { first: this.#first, omitted: this.length - this.#first.length - last.length, last }
  }

  #keepEnd(): void {
    const end = Buffer.from(Buffer.concat(this.#parts).subarray(-BODY_END_BYTES))
    this.#parts = [end]
    this.#kept = end.length
  }
}
