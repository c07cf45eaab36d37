import { once } from 'node:events'
import { constants, createGzip } from 'node:zlib'

/** The pieces in which an event is written. */
export function* cutEvent(event: Buffer, cut: 'characters' | number | undefined): Iterable<Buffer> {
  if (cut === undefined) return yield event
  if (cut === 'characters') {
    const first = event.findIndex((byte) => byte >= 0xc0)
    if (first < 0) return yield event
    yield event.subarray(0, first + 1)
    return yield event.subarray(first + 1)
  }
  for (let at = 0; at < event.length; at += cut) yield event.subarray(at, at + cut)
}

/** Compresses a stream so that each event can be read as soon as it arrives. */
export class EventGzip {
  readonly #gzip = createGzip()
  #parts: Buffer[] = []

  constructor() {
    this.#gzip.on('data', (part: Buffer) => this.#parts.push(part))
  }

  async event(bytes: Buffer): Promise<Buffer> {
    this.#gzip.write(bytes)
    await new Promise<void>((resolve) => this.#gzip.flush(constants.Z_SYNC_FLUSH, resolve))
    return this.#take()
  }

  async end(): Promise<Buffer> {
    this.#gzip.end()
    await once(this.#gzip, 'end')
    return this.#take()
  }

  #take(): Buffer {
    const bytes = Buffer.concat(this.#parts)
    this.#parts = []
    return bytes
  }
}
