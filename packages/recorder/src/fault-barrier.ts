import { FAULTS } from './limits.js'

/** Is told which part of ours failed, and why. */
export type Report = (part: string, cause: unknown) => void

/**
 * The one wall between the host and us: work that is done in the host's time and may never throw
 * into it. After {@link FAULTS} faults the part switches itself off, and the session says so.
 */
export class FaultBarrier {
  readonly #report: Report
  readonly #faults = new Map<string, Faults>()

  constructor(report: Report) {
    this.#report = report
  }

  /** Does the work, or, where it fails, reports that and goes on without. */
  do(part: string, work: () => void): void {
    this.around(part, work)(undefined)
  }

  /** The same work again and again: what is done thousands of times in a read makes nothing anew. */
  around<What>(part: string, work: (what: What) => void): (what: What) => void {
    const faults = this.#faultsOf(part)
    return (what) => {
      if (faults.count >= FAULTS) return
      try {
        work(what)
      } catch (cause) {
        faults.count += 1
        this.#tell(faults.count === FAULTS ? `${part} (switched off now)` : part, cause)
      }
    }
  }

  #faultsOf(part: string): Faults {
    let faults = this.#faults.get(part)
    if (faults === undefined) {
      faults = { count: 0 }
      this.#faults.set(part, faults)
    }
    return faults
  }

  #tell(part: string, cause: unknown): void {
    try {
      this.#report(part, cause)
    } catch {
      // Nobody is left to tell.
    }
  }
}

type Faults = { count: number }
