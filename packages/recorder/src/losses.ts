/** What could not be written, since the last time that something could. */
export type Loss = {
  /** When the first of it was lost: microseconds since the epoch. */
  since: number
  /** How many of which kind. */
  lost: Record<string, number>
  bytes: number
  /** The first error's code: ENOSPC, EIO … */
  reason: string
}

/** Counts the records that a file lost: those that its next gap is to tell of, and all of them. */
export class Losses {
  readonly #now: () => number
  #pending: Loss | undefined
  /** All that was ever lost, by kind. */
  readonly total: Record<string, number> = {}

  constructor(now: () => number) {
    this.#now = now
  }

  /** What no gap tells of yet. */
  get pending(): Loss | undefined {
    return this.#pending
  }

  count(lost: Readonly<Record<string, number>>, bytes: number, reason: string): void {
    this.#pending ??= { since: this.#now(), lost: {}, bytes: 0, reason }
    this.#pending.bytes += bytes
    addTo(this.#pending.lost, lost)
    addTo(this.total, lost)
  }

  /** A gap tells of what was pending. */
  told(): void {
    this.#pending = undefined
  }
}

function addTo(sum: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [kind, count] of Object.entries(counts)) sum[kind] = (sum[kind] ?? 0) + count
}
