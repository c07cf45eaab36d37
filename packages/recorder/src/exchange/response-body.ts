import { createHash, type Hash } from 'node:crypto'
import type { ChunkRecord, EndRecord } from '@tacho/format'
import type { AllScrubbed, ScrubbedBytes, Scrubber, Swept } from '@tacho/scrub'
import { BODY_BYTES, BODY_END_BYTES, TEXT_BYTES } from '../limits.js'
import { scrubbedContentOf, scrubbedPlaces } from '../line.js'
import { BodyEnds } from './body-ends.js'
import { ChunkCutter } from './chunk-cutter.js'
import { brokenBy } from './decoding/broken-by.js'
import type { BodyCoding } from './decoding/codings.js'
import type { BodyDecoding, DecodingThread } from './decoding/decoding-thread.js'
import type { DecodingOutcome } from './decoding/messages.js'
import { PlainText } from './decoding/plain-text.js'

export type ResponseBodyOptions = {
  coding: BodyCoding
  scrubber: Scrubber
  decoding: Pick<DecodingThread, 'open'>
  write: (chunk: AllScrubbed<Omit<ChunkRecord, 'kind' | 'exchange'>>) => void
  /**
   * The same for raw bytes, which may be reused by the caller afterwards.
   *
   * @param isLate whether they come so late in the body that text is not worth its cost.
   */
  writeBytes: (
    chunk: AllScrubbed<Omit<ChunkRecord, 'kind' | 'exchange' | 'content'>>,
    bytes: ScrubbedBytes,
    isLate: boolean,
  ) => void
}

/** The members of an exchange's end that describe its response's body. */
export type BodyEnd = Pick<
  EndRecord,
  'responseSha256' | 'wireSha256' | 'decoded' | 'broken' | 'stopped' | 'missed'
>

/** Writes a response's body to the log: decoded, scrubbed, chunk by chunk as it arrives. */
export class ResponseBody {
  readonly #options: ResponseBodyOptions
  readonly #scrub: ReturnType<Scrubber['answer']>
  readonly #cutter = new ChunkCutter()
  readonly #hash = createHash('sha256')
  /** Set for a body that is not written as it came. */
  readonly #wireHash: Hash | undefined
  readonly #decoding: BodyDecoding | undefined
  /** Set for a body with an unknown content coding. */
  readonly #text: PlainText | undefined
  /** Bytes on the wire. */
  wireBytes = 0
  #decodedBytes = 0
  /** Bytes on the wire that are not kept, because they cannot be read. */
  #unreadBytes = 0
  /** What comes after the part that is kept: only its last bytes are kept. */
  #rest: BodyEnds | undefined
  /** Bytes on the wire that passed unrecorded while too much was waiting. */
  #missed = 0
  #outcome: DecodingOutcome | undefined
  #finish: (() => void) | undefined

  constructor(options: ResponseBodyOptions) {
    this.#options = options
    this.#scrub = options.scrubber.answer()
    const { coding, decoding } = options
    if (coding !== 'none') this.#wireHash = createHash('sha256')
    if (coding === 'unknown') this.#text = new PlainText()
    else if (coding !== 'none') {
      this.#decoding = decoding.open(coding.codings, {
        decoded: (bytes, at, isContinued) => this.#decoded(bytes, at, isContinued),
        over: (outcome) => {
          this.#outcome = outcome
          this.#finish?.()
        },
      })
    }
  }

  /**
   * @param bytes may be reused by the caller afterwards.
   * @param at microseconds since the exchange began, here and below.
   */
  push(bytes: Uint8Array, at: number): void {
    this.wireBytes += bytes.length
    this.#wireHash?.update(bytes)
    if (this.#decoding !== undefined) this.#decoding.push(bytes, at)
    else if (this.#text?.push(bytes) === false) this.#unreadBytes += bytes.length
    else this.#decoded(bytes, at, false)
  }

  /** Counts bytes that passed while too much was waiting; none is recorded after them. */
  miss(bytes: number): void {
    this.wireBytes += bytes
    this.#missed += bytes
  }

  /**
   * @param isWhole whether the whole body arrived.
   * @param done called once everything is written.
   */
  end(at: number, isWhole: boolean, done: (end: BodyEnd) => void): void {
    this.#finish = () => {
      this.#finish = undefined
      this.#writeEnd(at)
      done({
        responseSha256: this.#hash.digest('hex'),
        ...(this.#wireHash && { wireSha256: this.#wireHash.digest('hex') }),
        ...this.#howDecoded(isWhole && this.#missed === 0),
        ...(this.#missed > 0 && { missed: this.#missed }),
      })
    }
    if (this.#decoding === undefined || this.#outcome !== undefined) this.#finish()
    else this.#decoding.end(at)
  }

  #howDecoded(isWhole: boolean): Omit<BodyEnd, 'responseSha256' | 'wireSha256'> {
    const { coding } = this.#options
    const outcome = this.#outcome
    if (typeof coding === 'string' || outcome === undefined) return {}
    const decoded = { decoded: coding.name }
    if (outcome === 'stopped') return { ...decoded, stopped: this.#decodedBytes }
    return { ...decoded, ...brokenBy(outcome, isWhole) }
  }

  #decoded(bytes: Uint8Array, at: number, isContinued: boolean): void {
    const before = this.#decodedBytes
    this.#decodedBytes += bytes.length
    const room = Math.max(0, BODY_BYTES - before)
    const kept = bytes.length <= room ? bytes : bytes.subarray(0, room)
    if (kept.length > 0) {
      this.#cutter.arrived(at, kept.length, isContinued)
      this.#write(this.#scrub.push(kept))
    }
    if (kept.length < bytes.length) this.#leaveOut(bytes.subarray(kept.length))
  }

  #leaveOut(bytes: Uint8Array): void {
    this.#hash.update(bytes)
    this.#rest ??= new BodyEnds()
    this.#rest.push(Buffer.from(bytes))
  }

  #writeEnd(at: number): void {
    this.#write(this.#scrub.end())
    if (this.#rest !== undefined) this.#writeLast(this.#rest, at)
    const isBroken = typeof this.#outcome === 'object' && this.#decodedBytes === 0
    const unread = isBroken ? this.wireBytes : this.#unreadBytes + this.#missed
    if (unread > 0) this.#options.write({ at, content: [{ omitted: unread }] })
  }

  #write(scrubbed: Swept): void {
    for (const chunk of this.#cutter.cut(scrubbed.bytes, scrubbed.found)) {
      this.#hash.update(chunk.bytes)
      const head = {
        at: chunk.at,
        ...(chunk.isContinued && { continued: true as const }),
        ...(chunk.scrubbed.length > 0 && { scrubbed: scrubbedPlaces(chunk.scrubbed) }),
      }
      this.#options.writeBytes(head, chunk.bytes, this.#decodedBytes > TEXT_BYTES)
    }
  }

  #writeLast(rest: BodyEnds, at: number): void {
    const taken = rest.take()
    const end = 'whole' in taken ? taken.whole.subarray(-2 * BODY_END_BYTES) : taken.last
    const last = this.#options.scrubber.bytes(end).bytes.subarray(-BODY_END_BYTES) as ScrubbedBytes
    const omitted = rest.length - last.length
    const before = omitted > 0 ? [{ omitted }] : []
    this.#options.write({ at, content: [...before, scrubbedContentOf(last)].flat() })
  }
}
