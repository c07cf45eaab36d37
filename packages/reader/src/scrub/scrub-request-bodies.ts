import { createHash } from 'node:crypto'
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
 * Scrubs the request bodies of a log, in its order. Most of a body is copied from earlier ones, and a
 * secret can begin in a copy and end behind it: so each is put together and searched as a whole, and
 * from the first one that changes on, all are written anew as copies of what is written now.
 */
export class RequestBodies {
  readonly #scrubber: Scrubber
  readonly #contents: RequestContents
  #encoder = new BodyEncoder()
  #hasChanged = false

  constructor(folder: string, scrubber: Scrubber) {
    this.#scrubber = scrubber
    this.#contents = new RequestContents(folder)
  }

  /**
   * The record with its body scrubbed; the very same one where it stays as it is.
   *
   * @param conversation as the recorder told the encoder: the thread's id.
   */
  scrub(record: RequestBodyRecord, place: BodyPlace, conversation?: string): RequestBodyRecord {
    const { exchange, content } = record
    this.#contents.add(exchange, content, place)
    const body = this.#read(exchange)
    if (body === undefined) return this.#scrubPieces(record)
    const { bytes, found } = this.#scrubber.bytes(body)
    if (found.length > 0) this.#hasChanged = true
    const encoded = this.#encoder.encode(exchange, bytes, conversation)
    this.#encoder.keep(encoded)
    if (!this.#hasChanged) return record
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    return { ...record, content: encoded.content, sha256, ...withScrubbed(record, found) }
  }

  /** One that was searched where it stands: later ones may copy from it. */
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

  /** A body of which not all was kept: what there is between the gaps. Later ones may copy from it. */
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
    // Nobody has all of its bytes, so nobody can say what their SHA-256 would be now.
    return { ...record, content: pieces, sha256: '', ...withScrubbed(record, found) }
  }

  /** The bytes that are at hand, as long as they follow each other, and how many are not between them. */
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
