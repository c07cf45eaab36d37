import { hash } from 'node:crypto'
import {
  BodyEncoder,
  type Content,
  contentOf,
  MissingBytes,
  type Piece,
  type RequestBodyRecord,
  type Scrubbed,
} from '@tacho/format'
import type { Scrubber } from '@tacho/scrub'
import type { Place } from '../read-log.js'
import { RequestContents } from '../request-contents.js'

type BodyPlace = Place & { length: number }

/**
 * Scrubs the request bodies of a log, in order. Most of a body is copied from earlier ones, and a
 * secret can begin in a copy and end after it, so each is assembled and searched as a whole. From
 * the first changed body on, all are rewritten as copies of each other, and the first one is written whole.
 */
export class RequestBodies {
  readonly #scrubber: Scrubber
  readonly #contents: RequestContents
  readonly #encoder = new BodyEncoder()
  #hasChanged = false

  constructor(folder: string, scrubber: Scrubber) {
    this.#scrubber = scrubber
    this.#contents = new RequestContents(folder)
  }

  /**
   * Returns the record with its body scrubbed; the same object if it is unchanged.
   *
   * @param conversation the thread's id, as the recorder gave it to the encoder.
   */
  scrub(record: RequestBodyRecord, place: BodyPlace, conversation?: string): RequestBodyRecord {
    const { exchange, content } = record
    this.#contents.add(exchange, content, place)
    const body = this.#read(exchange)
    if (body === undefined) return this.#scrubPieces(record)
    const { bytes, found } = this.#scrubber.bytes(body)
    if (found.length > 0) this.#hasChanged = true
    if (!this.#hasChanged) return record
    const encoded = this.#encoder.encode(exchange, bytes, conversation)
    this.#encoder.keep(encoded)
    const sha256 = hash('sha256', bytes)
    return { ...record, content: encoded.content, sha256, ...withScrubbed(record, found) }
  }

  /** Adds a body that was searched in place: later ones may copy from it. */
  pass(exchange: string, place: BodyPlace): void {
    this.#contents.pass(exchange, place)
  }

  #read(exchange: string): Uint8Array | undefined {
    try {
      return this.#contents.read(exchange)
    } catch (cause) {
      if (cause instanceof MissingBytes) return undefined
      throw cause
    }
  }

  /**
   * Scrubs a body that was not kept completely: what there is between the gaps. Later ones may copy
   * from it.
   */
  #scrubPieces(record: RequestBodyRecord): RequestBodyRecord {
    const found: Scrubbed[] = []
    const pieces: Piece[] = []
    let at = 0
    for (const run of this.#runsOf(record)) {
      if (typeof run === 'number') {
        pieces.push({ omitted: run })
        at += run
        continue
      }
      const swept = this.#scrubber.bytes(run)
      for (const [from, length, rule] of swept.found) found.push([at + from, length, rule])
      pieces.push(...listOf(contentOf(swept.bytes)))
      at += run.length
    }
    if (found.length > 0) this.#hasChanged = true
    if (!this.#hasChanged) return record
    // Some of its bytes are missing, so its new SHA-256 is unknown.
    return { ...record, content: pieces, sha256: '', ...withScrubbed(record, found) }
  }

  /**
   * Yields the available bytes, joined where they are contiguous, and how many are missing between
   * them.
   */
  *#runsOf({ content }: RequestBodyRecord): Generator<Uint8Array | number> {
    let run: Uint8Array[] = []
    for (const piece of listOf(content)) {
      const bytes = this.#bytesOf(piece)
      if (typeof bytes !== 'number') {
        run.push(bytes)
        continue
      }
      if (run.length > 0) yield Buffer.concat(run)
      run = []
      yield bytes
    }
    if (run.length > 0) yield Buffer.concat(run)
  }

  #bytesOf(piece: Piece): Uint8Array | number {
    if (typeof piece === 'object' && 'omitted' in piece) return piece.omitted
    const bytes = this.#contents.bytesOf([piece])
    if (bytes !== undefined) return bytes
    return typeof piece === 'object' && 'copy' in piece ? piece.length : 0
  }
}

function withScrubbed(
  { scrubbed = [] }: RequestBodyRecord,
  found: readonly Scrubbed[],
): { scrubbed?: Scrubbed[] } {
  if (found.length === 0) return {}
  return { scrubbed: [...scrubbed, ...found].sort(([one], [other]) => one - other) }
}

function listOf(content: Content): Piece[] {
  return typeof content === 'string' ? [content] : content
}
