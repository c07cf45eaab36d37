/** A part of some bytes, by its offsets. */
export type Range = readonly [from: number, to: number]

/** Whole lines of an answer in which something that is searched for may begin, in order. */
export class Suspects {
  #ranges: Range[] = []

  /** @param from not before that of the last one, unless this one includes it. */
  add(from: number, to: number): void {
    let [first, last] = [from, to]
    for (let before = this.#ranges.at(-1); before !== undefined && first <= before[1]; ) {
      first = Math.min(first, before[0])
      last = Math.max(last, before[1])
      this.#ranges.pop()
      before = this.#ranges.at(-1)
    }
    this.#ranges.push([first, last])
  }

  /** Returns those before an offset, from which on the others are counted. */
  take(until: number): readonly Range[] {
    const all = this.#ranges
    if (all.length === 0) return NONE
    this.#ranges = all
      .filter(([, to]) => to > until)
      .map(([from, to]): Range => [Math.max(0, from - until), to - until])
    return all
      .filter(([from]) => from < until)
      .map(([from, to]): Range => [from, Math.min(to, until)])
  }
}

const NONE: readonly Range[] = []
