import { type Clock, type ClockSet, steadyClock } from '../../clock.js'
import type { HostStarted, Told } from './from-host.js'
import { unpatched } from './unpatched.js'

/**
 * The clock of a host, in the process that records it: while something is dealt with that it told, the
 * time at which it did; else its time of now, for both are on one machine.
 */
export class HostClock implements Required<Clock> {
  readonly #clock: Required<Clock>
  #told: Told | undefined

  constructor({ origin, monotonicAtOrigin }: HostStarted['clock']) {
    this.#clock = steadyClock(
      {
        monotonic: () => this.#told?.monotonic ?? machineMilliseconds() - monotonicAtOrigin,
        wall: () => this.#told?.wall ?? unpatched.wallNow(),
      },
      origin * 1000,
    )
  }

  /** Does work that is about something that was told then. */
  during(told: Told, work: () => void): void {
    this.#told = told
    try {
      work()
    } finally {
      this.#told = undefined
    }
  }

  readonly microseconds = (): number => this.#clock.microseconds()

  readonly sets = (): readonly ClockSet[] => this.#clock.sets()

  readonly elapsed = (from: number, to: number): number => this.#clock.elapsed(from, to)
}

/** What {@link HostClock} needs to know of the clocks of this process. */
export function ownClock(): HostStarted['clock'] {
  const { timeOrigin } = performance
  return { origin: timeOrigin, monotonicAtOrigin: machineMilliseconds() - unpatched.now() }
}

/** The machine's monotonic clock, which all of its processes share; a process's own begins with it. */
function machineMilliseconds(): number {
  const [seconds, nanoseconds] = unpatched.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}
