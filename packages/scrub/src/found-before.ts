import type { Found, Swept } from './swept.js'

/** Secrets found in bytes before the sweep gets them, kept until the sweep emits those. */
export class FoundBefore {
  /** Counted from the first byte not yet emitted. */
  #found: Found[] = []
  #waiting = 0

  /** @param length of the bytes in which they were found. */
  add(found: readonly Found[], length: number): void {
    for (const [at, size, rule] of found) this.#found.push([this.#waiting + at, size, rule])
    this.#waiting += length
  }

  /** Adds what was found earlier in these bytes. */
  with({ bytes, found }: Swept): Swept {
    this.#waiting -= bytes.length
    if (this.#found.length === 0) return { bytes, found }
    const { length } = bytes
    const here = this.#found
      .filter(([at]) => at < length)
      .map(([at, size, rule]): Found => [at, Math.min(size, length - at), rule])
    this.#found = this.#found.flatMap(([at, size, rule]): Found[] => {
      const from = Math.max(at, length)
      return at + size > length ? [[from - length, at + size - from, rule]] : []
    })
    return { bytes, found: [...found, ...here].sort((one, other) => one[0] - other[0]) }
  }
}
