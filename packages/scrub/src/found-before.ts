import type { Found, Swept } from './swept.js'

/** What was found in bytes before a sweep was given them, until the sweep gives them out. */
export class FoundBefore {
  /** Counted from the first byte that is not given out. */
  #found: Found[] = []
  #waiting = 0

  /** @param length of the bytes in which it was found. */
  add(found: readonly Found[], length: number): void {
    for (const [at, size, rule] of found) this.#found.push([this.#waiting + at, size, rule])
    this.#waiting += length
  }

  /** The same with what was found before in these bytes. */
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
