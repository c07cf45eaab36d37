import { FAULTS } from './limits.js'

/** Called with the part of Tacho that failed, and why. */
export type Report = (part: string, cause: unknown) => void

/**
 * The fault barrier between Tacho and the host: work that runs in the host's time and must never
 * throw into it. After {@link FAULTS} faults a part is switched off, and the session says so.
 */
export class FaultBarrier {
  readonly #report: Report
  readonly #faults = new Map<string, PartFaults>()

  constructor(report: Report) {
    this.#report = report
  }

  /** Runs the work; if it throws, reports the error and carries on. */
  do(part: string, work: () => void): void {
    this.around(part, work)(undefined)
  }

  /** Wraps work that runs thousands of times per read, so that nothing is allocated per call. */
  around<What>(part: string, work: (what: What) => void): (what: What) => void {
    const faults = this.faultsOf(part)
    return (what) => {
      if (faults.areTooMany) return
      try {
        work(what)
      } catch (cause) {
        faults.count(cause)
      }
    }
  }

  /**
   * The faults of a part, for work that catches its own: V8 compiles what {@link around} returns once
   * for all parts, which takes 0.3 µs more per call until it is compiled.
   */
  faultsOf(part: string): PartFaults {
    let faults = this.#faults.get(part)
    if (faults === undefined) {
      faults = new PartFaults(part, this.#report)
      this.#faults.set(part, faults)
    }
    return faults
  }
}

/** Counts and reports what a part throws. */
class PartFaults {
  readonly #part: string
  readonly #report: Report
  /** Whether the part is switched off. */
  areTooMany = false
  #count = 0

  constructor(part: string, report: Report) {
    this.#part = part
    this.#report = report
  }

  /** Does not throw. */
  count(cause: unknown): void {
    this.#count += 1
    this.areTooMany = this.#count >= FAULTS
    try {
      this.#report(this.#count === FAULTS ? `${this.#part} (switched off now)` : this.#part, cause)
    } catch {
      // There is nobody left to tell.
    }
  }
}
