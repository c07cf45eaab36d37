import { createHash } from 'node:crypto'
import { type ChunkRecord, contentOf, type Piece } from '@tacho/format'
import type { Scrubber } from '@tacho/scrub'
import { BODY_BYTES, BODY_END_BYTES, TEXT_BYTES } from '../limits.js'
import { BodyEnds } from './body-ends.js'
import { ChunkCutter, type CutChunk } from './chunk-cutter.js'
import { type StreamDecoder, streamDecoder } from './content-coding.js'

export type ResponseBodyOptions = {
  coding: string | undefined
  scrubber: Scrubber
  /** Microseconds since the exchange began. */
  at: () => number
  write: (chunk: Omit<ChunkRecord, 'kind' | 'exchange'>) => void
  /** The same for a chunk that is not worth being text. */
  writeBase64: (
    chunk: Omit<ChunkRecord, 'kind' | 'exchange' | 'content'>,
    bytes: Uint8Array,
  ) => void
  /** Is given the decoded bytes as the model sent them, to read what they say. */
  read: (bytes: Uint8Array) => void
}

/** A response's body on its way into the log: decoded, scrubbed, chunk by chunk as it arrives. */
export class ResponseBody {
  readonly #options: ResponseBodyOptions
  readonly #scrub: ReturnType<Scrubber['stream']>
  readonly #cutter = new ChunkCutter()
  readonly #hash = createHash('sha256')
  readonly #decoder: StreamDecoder | undefined
  readonly #canBeRead: boolean
  /** Bytes on the wire. */
  wireBytes = 0
  #decodedBytes = 0
  /** What comes after the part that is kept: only its last bytes are. */
  #rest: BodyEnds | undefined

  constructor(options: ResponseBodyOptions) {
    this.#options = options
    this.#scrub = options.scrubber.stream()
    const { coding } = options
    this.#decoder =
      coding === undefined ? undefined : streamDecoder(coding, (bytes) => this.#decoded(bytes))
    this.#canBeRead = coding === undefined || this.#decoder !== undefined
  }

  /** The content coding that is taken off. */
  get decoded(): string | undefined {
    return this.#decoder === undefined ? undefined : this.#options.coding
  }

  push(bytes: Uint8Array): void {
    this.wireBytes += bytes.length
    if (!this.#canBeRead) return
    if (this.#decoder !== undefined) this.#decoder.push(bytes)
    else this.#decoded(bytes)
  }

  /** @param done is given the SHA-256 of the body as the log has it. */
  end(done: (sha256: string) => void): void {
    if (this.#decoder === undefined) this.#finish(true, done)
    else this.#decoder.end((isWhole) => this.#finish(isWhole, done))
  }

  #decoded(bytes: Uint8Array): void {
    const before = this.#decodedBytes
    this.#decodedBytes += bytes.length
    this.#options.read(bytes)
    const room = Math.max(0, BODY_BYTES - before)
    const kept = bytes.length <= room ? bytes : bytes.subarray(0, room)
    if (kept.length > 0) {
      this.#cutter.arrived(this.#options.at(), kept.length)
      this.#write(this.#scrub.push(kept))
    }
    if (kept.length < bytes.length) this.#leaveOut(bytes.subarray(kept.length))
  }

  #leaveOut(bytes: Uint8Array): void {
    this.#hash.update(bytes)
    this.#rest ??= new BodyEnds()
    this.#rest.push(Buffer.from(bytes))
  }

  #finish(isWhole: boolean, done: (sha256: string) => void): void {
    this.#write(this.#scrub.end())
    if (this.#rest !== undefined) this.#writeLast(this.#rest)
    if (!this.#canBeRead && this.wireBytes > 0) this.#writeOmitted(this.wireBytes, undefined)
    else if (!isWhole && this.wireBytes > 0 && this.#decodedBytes === 0) {
      this.#writeOmitted(this.wireBytes, undefined)
    }
    done(this.#hash.digest('hex'))
  }

  #write(scrubbed: { bytes: Uint8Array; found: CutChunk['scrubbed'] }): void {
    for (const chunk of this.#cutter.cut(scrubbed.bytes, scrubbed.found)) {
      this.#hash.update(chunk.bytes)
      const head = {
        at: chunk.at,
        ...(chunk.isContinued && { continued: true as const }),
        ...(chunk.scrubbed.length > 0 && { scrubbed: chunk.scrubbed }),
      }
      if (this.#decodedBytes > TEXT_BYTES) this.#options.writeBase64(head, chunk.bytes)
      else this.#options.write({ ...head, content: contentOf(chunk.bytes) })
    }
  }

  #writeLast(rest: BodyEnds): void {
    const taken = rest.take()
    const end = 'whole' in taken ? taken.whole : taken.last
    const last = end.subarray(-BODY_END_BYTES)
    this.#writeOmitted(rest.length - last.length, last)
  }

  #writeOmitted(omitted: number, last: Uint8Array | undefined): void {
    const content: Piece[] = omitted > 0 ? [{ omitted }] : []
    const tail = last === undefined ? [] : contentOf(this.#options.scrubber.bytes(last).bytes)
    this.#options.write({ at: this.#options.at(), content: content.concat(tail) })
  }
}
