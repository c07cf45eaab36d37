import type { SeenRequest } from './seen.js'

/**
 * Finds the requests in an agent's bytes. It reads only what agents really send: a test's upstream
 * need not be tolerant.
 */
export class RequestReader {
  readonly #events: { head(request: SeenRequest): void; whole(request: SeenRequest): void }
  #rest = Buffer.alloc(0)
  #open: { request: SeenRequest; body: 'chunked' | number } | undefined
  #isUpgraded = false

  constructor(events: { head(request: SeenRequest): void; whole(request: SeenRequest): void }) {
    this.#events = events
  }

  /** Nothing is a request from here on; somebody else handles what `read` returns. */
  upgrade(): Buffer {
    this.#isUpgraded = true
    return this.#rest
  }

  read(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes])
    while (!this.#isUpgraded && (this.#open === undefined ? this.#readHead() : this.#readBody())) {}
  }

  #readHead(): boolean {
    const end = this.#rest.indexOf('\r\n\r\n')
    if (end < 0) return false
    const head = this.#rest.toString('latin1', 0, end + 4)
    this.#rest = this.#rest.subarray(end + 4)
    const request = { head, body: Buffer.alloc(0), isWhole: false }
    const length = /^content-length: *(\d+)/im.exec(head)?.[1]
    const isChunked = /^transfer-encoding: *chunked/im.test(head)
    this.#open = { request, body: isChunked ? 'chunked' : Number(length ?? 0) }
    this.#events.head(request)
    return true
  }

  #readBody(): boolean {
    if (this.#open === undefined) return false
    const { request, body } = this.#open
    const isWhole = body === 'chunked' ? this.#readChunk(request) : this.#readLength(request, body)
    if (isWhole === undefined) return false
    if (!isWhole) return true
    this.#open = undefined
    request.isWhole = true
    this.#events.whole(request)
    return true
  }

  #readLength(request: SeenRequest, length: number): boolean | undefined {
    const wanted = length - request.body.length
    request.body = Buffer.concat([request.body, this.#rest.subarray(0, wanted)])
    this.#rest = this.#rest.subarray(wanted)
    return request.body.length === length ? true : undefined
  }

  /** True after the last chunk, false after any other, undefined until one is complete. */
  #readChunk(request: SeenRequest): boolean | undefined {
    const line = this.#rest.indexOf('\r\n')
    if (line < 0) return undefined
    const size = Number.parseInt(this.#rest.toString('latin1', 0, line), 16)
    const end = line + 2 + size
    if (this.#rest.length < end + 2) return undefined
    request.body = Buffer.concat([request.body, this.#rest.subarray(line + 2, end)])
    this.#rest = this.#rest.subarray(end + 2)
    return size === 0
  }
}
