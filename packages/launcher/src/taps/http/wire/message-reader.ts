import type { Headers } from '@tacho/format'
import type { BodyLength } from './body-length.js'
import { ChunkedBody } from './chunked-body.js'
import { HeadCutter } from './head-cutter.js'

/** Receives the parsed messages of one direction, in order. */
export type MessageSink<Head> = {
  /**
   * A head is complete; returns the length of its body. `wait` holds everything that follows until
   * {@link MessageReader.resume}, which passes this head again.
   */
  head(head: Head, wire: Buffer): BodyLength | 'wait'
  /** Bytes of a body: with framing, and the content alone. */
  body(wire: Buffer, content: readonly Buffer[]): void
  /** The message has ended. */
  end(trailers: Headers): void
  /** Bytes that are not messages, or cannot be parsed. The first call gives the reason. */
  opaque(wire: Buffer, reason: string | undefined): void
}

type State =
  | { kind: 'head' }
  | { kind: 'length'; left: number }
  | { kind: 'chunked'; body: ChunkedBody }
  | { kind: 'until-close' }
  | { kind: 'opaque' }

const NONE: Headers = []

/**
 * Parses the HTTP/1 messages of one direction of a connection. It holds back only an incomplete
 * head, changes nothing, and does not stop at anything it cannot parse: that is passed on as opaque
 * bytes.
 */
export class MessageReader<Head> {
  readonly #read: (text: string) => Head | undefined
  readonly #sink: MessageSink<Head>
  readonly #heads: HeadCutter
  #state: State = { kind: 'head' }
  #waiting: Buffer[] | undefined

  /**
   * @param read parses a head's text as ISO 8859-1; returns undefined if it is invalid.
   * @param limit the longest head that is read, in bytes.
   */
  constructor(read: (text: string) => Head | undefined, limit: number, sink: MessageSink<Head>) {
    this.#read = read
    this.#heads = new HeadCutter(limit)
    this.#sink = sink
  }

  /** Whether it is between messages: the next byte begins one. */
  get isBetween(): boolean {
    return this.#state.kind === 'head' && !this.#heads.isWithin && this.#waiting === undefined
  }

  /** Whether the next bytes belong to a body. */
  get isWithinBody(): boolean {
    const { kind } = this.#state
    return kind === 'length' || kind === 'chunked' || kind === 'until-close'
  }

  /** Whether everything waits for {@link resume}. */
  get isWaiting(): boolean {
    return this.#waiting !== undefined
  }

  /** Whether a head has begun and not ended. */
  get isWithinHead(): boolean {
    return this.#state.kind === 'head' && this.#heads.isWithin
  }

  /** Everything that follows is not HTTP, as after `101 Switching Protocols`. */
  becomeOpaque(): void {
    this.#state = { kind: 'opaque' }
  }

  push(bytes: Buffer): void {
    if (this.#waiting !== undefined) this.#waiting.push(bytes)
    else for (let rest = bytes; rest.length > 0; ) rest = this.#take(rest)
  }

  /** Processes what waited. */
  resume(): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    for (const bytes of waiting ?? []) this.push(bytes)
  }

  /** No more bytes follow. */
  end(): void {
    if (this.#state.kind === 'until-close') {
      this.#state = { kind: 'head' }
      this.#sink.end(NONE)
    } else if (this.isWithinHead) this.#lose(this.#heads.take(), 'the head has no end')
  }

  /** @returns the bytes not processed yet. */
  #take(bytes: Buffer): Buffer {
    const state = this.#state
    switch (state.kind) {
      case 'head':
        return this.#takeHead(bytes)
      case 'length':
        return this.#takeLength(state, bytes)
      case 'chunked':
        return this.#takeChunked(state, bytes)
      case 'until-close':
        this.#sink.body(bytes, [bytes])
        return EMPTY
      case 'opaque':
        this.#sink.opaque(bytes, undefined)
        return EMPTY
    }
  }

  #takeHead(bytes: Buffer): Buffer {
    const cut = this.#heads.push(bytes)
    if (cut === 'more') return EMPTY
    if (cut === 'too-long') return this.#lose(this.#heads.take(), 'the head is too long')
    const head = this.#read(cut.head.toString('latin1'))
    if (head === undefined)
      return this.#lose(Buffer.concat([cut.head, cut.rest]), 'it is not HTTP/1')
    const length = this.#sink.head(head, cut.head)
    if (length === 'wait') {
      this.#waiting = [cut.head, cut.rest]
      return EMPTY
    }
    // The sink may already have decided what follows.
    if (this.#state.kind !== 'head') return cut.rest
    if (length === undefined) return this.#lose(cut.rest, 'the length of the body is not told')
    this.#begin(length)
    return cut.rest
  }

  #begin(length: BodyLength): void {
    if (length === 0) this.#over(NONE)
    else if (length === 'chunked') this.#state = { kind: 'chunked', body: new ChunkedBody() }
    else if (length === 'until-close') this.#state = { kind: 'until-close' }
    else if (length === 'upgraded') this.#state = { kind: 'opaque' }
    else this.#state = { kind: 'length', left: length as number }
  }

  #takeLength(state: { left: number }, bytes: Buffer): Buffer {
    const part = bytes.length <= state.left ? bytes : bytes.subarray(0, state.left)
    state.left -= part.length
    this.#sink.body(part, [part])
    if (state.left === 0) this.#over(NONE)
    return bytes.subarray(part.length)
  }

  #takeChunked({ body }: { body: ChunkedBody }, bytes: Buffer): Buffer {
    const { length, content, trailers, unreadable } = body.push(bytes)
    if (length > 0) this.#sink.body(bytes.subarray(0, length), content)
    const rest = bytes.subarray(length)
    if (unreadable !== undefined) return this.#lose(rest, unreadable)
    if (trailers !== undefined) this.#over(trailers)
    return rest
  }

  #over(trailers: Headers): void {
    this.#state = { kind: 'head' }
    this.#sink.end(trailers)
  }

  #lose(bytes: Buffer, reason: string): Buffer {
    this.#state = { kind: 'opaque' }
    this.#sink.opaque(bytes, reason)
    return EMPTY
  }
}

const EMPTY = Buffer.alloc(0)
