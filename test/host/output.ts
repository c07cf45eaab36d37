import type { Readable } from 'node:stream'

/** What a process has written so far, and what it will write. */
export class Output {
  #parts: Buffer[] = []
  #isClosed = false
  readonly #waiting = new Set<() => void>()

  constructor(stream: Readable) {
    stream.on('data', (bytes: Buffer) => {
      this.#parts.push(bytes)
      this.#wake()
    })
    stream.on('close', () => {
      this.#isClosed = true
      this.#wake()
    })
  }

  get bytes(): Buffer {
    const whole = Buffer.concat(this.#parts)
    this.#parts = [whole]
    return whole
  }

  get text(): string {
    return this.bytes.toString('utf8')
  }

  /**
   * Everything written by the time the output contains the text. Rejects if the output ends without
   * it.
   */
  async containing(text: string | RegExp): Promise<string> {
    for (;;) {
      const written = this.text
      if (typeof text === 'string' ? written.includes(text) : text.test(written)) return written
      if (this.#isClosed) {
        throw new Error(`The output ended without ${String(text)}. It was:\n${written}`)
      }
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}
