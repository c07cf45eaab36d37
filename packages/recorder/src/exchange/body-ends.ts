import { createHash, type Hash } from 'node:crypto'
import { BODY_BYTES, BODY_END_BYTES } from '../limits.js'

/** What is kept of a body that is too large to be kept whole. */
export type BothEnds = { first: Uint8Array; omitted: number; last: Uint8Array; sha256: string }

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
  #hash: Hash | undefined

  push(bytes: Uint8Array): void {
    this.length += bytes.length
    this.#parts.push(bytes)
    this.#kept += bytes.length
    if (this.length <= BODY_BYTES) return
    if (this.#first === undefined) {
      const all = Buffer.concat(this.#parts)
      this.#hash = createHash('sha256').update(all)
      this.#first = Buffer.from(all.subarray(0, BODY_END_BYTES))
      this.#parts = [all.subarray(BODY_END_BYTES)]
      this.#kept = all.length - BODY_END_BYTES
    } else this.#hash?.update(bytes)
    // Twice the end at most, so that the copying stays in proportion to what arrives.
    if (this.#kept > 2 * BODY_END_BYTES) this.#keepEnd()
  }

  /** The whole body, or its two ends and the SHA-256 of all of it. */
  take(): { whole: Uint8Array } | BothEnds {
    if (this.#first === undefined) {
      const [only] = this.#parts
      return {
        whole: this.#parts.length === 1 && only !== undefined ? only : Buffer.concat(this.#parts),
      }
    }
    this.#keepEnd()
    const last = this.#parts[0] ?? new Uint8Array(0)
    return {
      sha256: this.#hash?.digest('hex') ?? '',
      first: this.#first,
      omitted: this.length - this.#first.length - last.length,
      last,
    }
  }

  #keepEnd(): void {
    const end = Buffer.from(Buffer.concat(this.#parts).subarray(-BODY_END_BYTES))
    this.#parts = [end]
    this.#kept = end.length
  }
}
