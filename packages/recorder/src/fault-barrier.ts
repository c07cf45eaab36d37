import { FAULTS } from './limits.js'

/** Called with the part of Tacho that failed, and why. */
export type Report = (part: string, cause: unknown) => void

/**
 * The fault barrier between Tacho and the host: guards work that runs in the host's time and must
 * never throw into it. After {@link FAULTS} faults a part is switched off, and the session says so.
 */
export class FaultBarrier {
  readonly #report: Report
  readonly #faults = new Map<string, Faults>()

  constructor(report: Report) {
    this.#report = report
  }

  /** Runs the work; if it throws, reports the error and carries on. */
  do(part: string, work: () => void): void {
    this.around(part, work)(undefined)
  }

  /** Wraps work that runs thousands of times per read, so that nothing is allocated per call. */
  around<What, More = void>(
    part: string,
    work: (what: What, more: More) => void,
  ): (what: What, more: More) => void {
    const faults = this.#faultsOf(part)
    return (what, more) => {
      if (faults.count >= FAULTS) return
      try {
        work(what, more)
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
      // There is nobody left to tell.
    }
  }
}

type Faults = { count: number }
