import { FAULTS } from './limits.js'

/** Is told which part of ours failed, and why. */
export type Report = (part: string, cause: unknown) => void

/**
 * The one wall between the host and us: work that is done in the host's time and may never throw
 * into it. After {@link FAULTS} faults the part switches itself off, and the session says so.
 */
export class FaultBarrier {
  readonly #report: Report
  readonly #faults = new Map<string, number>()

  constructor(report: Report) {
    this.#report = report
  }

  /** Does the work, or, where it fails, reports that and goes on without. */
  do(part: string, work: () => void): void {
    const faults = this.#faults.get(part) ?? 0
    if (faults >= FAULTS) return
    try {
      work()
    } catch (cause) {
      this.#faults.set(part, faults + 1)
      this.#tell(faults + 1 === FAULTS ? `${part} (switched off now)` : part, cause)
    }
  }

  #tell(part: string, cause: unknown): void {
    try {
      this.#report(part, cause)
    } catch {
      // Nobody is left to tell.
    }
  }
}
