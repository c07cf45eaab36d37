/** What could not be written since the last successful write. */
export type Loss = {
  /** When the first record was lost: microseconds since the epoch. */
  since: number
  /** How many records of each kind. */
  lost: Record<string, number>
  bytes: number
  /** The first error's code: ENOSPC, EIO … */
  reason: string
}

/** Counts the records that a file lost: those for its next gap, and the total. */
export class Losses {
  readonly #now: () => number
  #pending: Loss | undefined
  /** Everything lost so far, by kind. */
  readonly total: Record<string, number> = {}

  constructor(now: () => number) {
    this.#now = now
  }

  /** Losses that no gap has recorded yet. */
  get pending(): Loss | undefined {
    return this.#pending
  }

  count(lost: Readonly<Record<string, number>>, bytes: number, reason: string): void {
    this.#pending ??= { since: this.#now(), lost: {}, bytes: 0, reason }
    this.#pending.bytes += bytes
    addTo(this.#pending.lost, lost)
    addTo(this.total, lost)
  }

  /** A gap has recorded the pending losses. */
  told(): void {
    this.#pending = undefined
  }
}

function addTo(sum: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [kind, count] of Object.entries(counts)) sum[kind] = (sum[kind] ?? 0) + count
}
