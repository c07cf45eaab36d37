/** Is told of the first fault of a kind. */
export type ReportFault = (what: string, cause: unknown) => void

/** Counts what could not be read of what was recorded, by its name. Each costs a fact, and no record. */
export class Faults {
  readonly #report: ReportFault
  /** How many of which name, so far. */
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
