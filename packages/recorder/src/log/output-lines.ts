import { StringDecoder } from 'node:string_decoder'
import { cut } from '@tacho/format'
import type { Scrubber, ScrubStream } from '@tacho/scrub'

/** A line longer than this is logged in parts. */
const LINE_CHARACTERS = 64 * 1024

/**
 * Logs an agent's output: scrubbed as one continuous text, then cut into lines, and overlong lines
 * into parts. So a secret that spans lines is found, and none is cut before the search.
 */
export class OutputLines {
  readonly #scrubber: Pick<Scrubber, 'stream'>
  #stream: ScrubStream
  readonly #onLine: (line: string) => void
  readonly #decoder = new StringDecoder('utf8')
  #held = ''

  constructor(scrubber: Pick<Scrubber, 'stream'>, onLine: (line: string) => void) {
    this.#scrubber = scrubber
    this.#stream = scrubber.stream()
    this.#onLine = onLine
  }

  push(bytes: Uint8Array): void {
    this.#take(this.#decoder.write(Buffer.from(this.#stream.push(bytes).bytes)))
  }

  /**
   * Flushes what waits for the end of a line or of a secret. More output may follow, from a process
   * that outlives the agent.
   */
  end(): void {
    this.#take(this.#decoder.write(Buffer.from(this.#stream.end().bytes)))
    this.#stream = this.#scrubber.stream()
    this.#take(this.#decoder.end())
    if (this.#held !== '') this.#onLine(this.#held)
    this.#held = ''
  }

  #take(text: string): void {
    const [first = '', ...more] = text.split('\n')
    this.#held += first
    for (const line of more) {
      this.#tellParts()
      this.#onLine(this.#held)
      this.#held = line
    }
    this.#tellParts()
  }

  #tellParts(): void {
    while (this.#held.length > LINE_CHARACTERS) {
      const part = cut(this.#held, LINE_CHARACTERS)
      this.#onLine(part)
      this.#held = this.#held.slice(part.length)
    }
  }
}
