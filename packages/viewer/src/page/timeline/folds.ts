/** A pause in which nothing happened, drawn shorter than it was. */
export type Fold = { from: number; to: number }

/** Shorter pauses are drawn at full length. */
const SHORTEST_PAUSE = 60_000_000

/** A folded pause is as wide as this share of everything that is not folded. */
const FOLDED_PART = 1 / 60

/**
 * Maps time to drawn time, which advances like time except for a small step at each long pause.
 * Everything is in microseconds.
 */
export class FoldedTime {
  readonly folds: readonly Fold[]
  readonly #start: number
  readonly #step: number
  readonly length: number

  /** @param busy when something was going on, in order of start. */
  constructor(
    start: number,
    end: number,
    busy: readonly { at: number; end?: number }[],
    isFolding = true,
  ) {
    this.#start = start
    this.folds = isFolding ? pauses(start, end, busy) : []
    const paused = this.folds.reduce((sum, { from, to }) => sum + to - from, 0)
    const active = end - start - paused
    this.#step = active * FOLDED_PART
    this.length = active + this.folds.length * this.#step
  }

  /** Returns where a time is drawn. */
  drawn(time: number): number {
    let drawn = time - this.#start
    for (const { from, to } of this.folds) {
      if (time <= from) break
      const length = to - from
      drawn -= length - this.#step
      if (time < to) drawn += to - time - ((to - time) / length) * this.#step
    }
    return drawn
  }

  /** Returns the time that is drawn at a place. */
  time(drawn: number): number {
    let time = this.#start + drawn
    for (const { from, to } of this.folds) {
      const place = this.drawn(from)
      if (drawn <= place) break
      const length = to - from
      if (drawn < place + this.#step) return from + ((drawn - place) / this.#step) * length
      time += length - this.#step
    }
    return time
  }
}

function pauses(start: number, end: number, busy: readonly { at: number; end?: number }[]): Fold[] {
  const folds: Fold[] = []
  let quietSince = start
  for (const { at, end: until = end } of busy) {
    if (at - quietSince > SHORTEST_PAUSE) folds.push({ from: quietSince, to: at })
    quietSince = Math.max(quietSince, until)
  }
  if (end - quietSince > SHORTEST_PAUSE) folds.push({ from: quietSince, to: end })
  return folds
}
