import type { RequestHead } from './request-head.js'

/** Who takes a request's body. */
export type BodyReader = {
  bytes: (piece: Buffer) => void
  end: () => void
  /** The client went away before the end. */
  gone: () => void
}

/** How a request is read off its connection. */
export type BodySource = { started: () => void; pause: () => void; resume: () => void }

const NOBODY: BodyReader = { bytes: () => {}, end: () => {}, gone: () => {} }

/** A request as it arrives: its head is there, its body comes. */
export class ServerRequest {
  readonly head: RequestHead
  readonly #source: BodySource
  #reader = NOBODY

  constructor(head: RequestHead, source: BodySource) {
    this.head = head
    this.#source = source
  }

  /** Has the body given to a reader. What nobody reads is passed over. */
  read(reader: BodyReader): void {
    this.#reader = reader
    this.#source.started()
  }

  /** The reader wants no more for now; the client waits then, too. */
  pause(): void {
    this.#source.pause()
  }

  resume(): void {
    this.#source.resume()
  }

  /** What the connection gives to the reader. */
  get reader(): BodyReader {
    return this.#reader
  }
}
