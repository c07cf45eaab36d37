/** Called with the first fault of a kind. */
export type ReportFault = (what: string, cause: unknown) => void

/**
 * Counts, by name, what could not be read of what was recorded. Each costs a fact, not a record.
 */
export class Faults {
  readonly #report: ReportFault
  /** The counts so far, by name. */
  readonly total: Record<string, number> = {}

  constructor(report: ReportFault) {
    this.#report = report
  }

  count(what: string, cause: unknown): void {
    const before = this.total[what] ?? 0
    this.total[what] = before + 1
    if (before === 0) this.#report(what, cause)
  }
}
