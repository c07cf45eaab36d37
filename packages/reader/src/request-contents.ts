import {
  BodyReader,
  type Content,
  MissingBytes,
  type OpenBody,
  readBody,
  SESSION_FILES,
} from '@tacho/format'
import { LOOK_UP_WORK, Work } from './limits.js'
import { rawRecordOf } from './raw-record-of.js'
import { type Place, readLog } from './read-log.js'

type BodyPlace = Place & { length: number }

/** Bytes of lines that are held; others are read again when a body copies from them. */
const HELD_BYTES = 8 * 1024 * 1024
/** Memory per piece of a line, in addition to its bytes. */
const PIECE_BYTES = 160

/** Bytes of whole bodies that are held: a body mostly copies from the few before it. */
const BODY_BYTES = 16 * 108 * 1024

/** The request bodies of a log that is being read: a later one can copy from any of them. */
export class RequestContents {
  readonly #folder: string
  readonly #places = new Map<string, BodyPlace>()
  readonly #held = new Map<string, { content: Content; length: number }>()
  #heldBytes = 0
  readonly #lookUps = new Work(LOOK_UP_WORK)
  readonly #bodies = new BodyReader((exchange) => this.#contentOf(exchange), BODY_BYTES)

  constructor(folder: string) {
    this.#folder = folder
  }

  add(exchange: string, content: Content, place: BodyPlace): void {
    this.pass(exchange, place)
    this.#hold(exchange, content, place.length)
  }

  /** Adds a body without its content, which is read when a later one copies from it. */
  pass(exchange: string, { file, byte, line, length }: BodyPlace): void {
    // The caller's object may include the whole line, which must not be held.
    this.#places.set(exchange, { file, byte, line, length })
  }

  /** Returns a function that reads parts of a body; undefined if the body was not kept. */
  of(exchange: string): OpenBody | undefined {
    try {
      return this.#bodies.open(exchange)
    } catch {
      return undefined
    }
  }

  /**
   * Returns a whole body, which must not be modified.
   *
   * @throws MissingBytes if not all of it was kept.
   */
  read(exchange: string): Uint8Array {
    return this.#bodies.read(exchange)
  }

  /** Returns the bytes of a content, copies included; undefined if not all of them were kept. */
  bytesOf(content: Content): Uint8Array | undefined {
    try {
      return readBody('', (exchange) => (exchange === '' ? content : this.#contentOf(exchange)))
    } catch (cause) {
      if (cause instanceof MissingBytes) return undefined
      throw cause
    }
  }

  #contentOf(exchange: string): Content | undefined {
    const held = this.#held.get(exchange)
    if (held !== undefined) return held.content
    const place = this.#places.get(exchange)
    if (place === undefined) return undefined
    const range = { from: place, to: place.byte + place.length + 1, work: this.#lookUps }
    for (const { value } of readLog(this.#folder, SESSION_FILES.raw, () => undefined, range)) {
      const record = rawRecordOf(value)
      if (typeof record === 'string' || record.kind !== 'request-body') continue
      this.#hold(exchange, record.content, place.length)
      return record.content
    }
    return undefined
  }

  /** The first ones read are dropped first. */
  #hold(exchange: string, content: Content, line: number): void {
    const length = line + (typeof content === 'string' ? 0 : content.length * PIECE_BYTES)
    this.#heldBytes += length - (this.#held.get(exchange)?.length ?? 0)
    this.#held.set(exchange, { content, length })
    for (const [oldest, { length: freed }] of this.#held) {
      if (this.#heldBytes <= HELD_BYTES || oldest === exchange) return
      this.#held.delete(oldest)
      this.#heldBytes -= freed
    }
  }
}
