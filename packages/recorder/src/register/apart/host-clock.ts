import { type Clock, type ClockSet, steadyClock } from '../../clock.js'
import type { HostStarted, Told } from './from-host.js'
import { unpatched } from './unpatched.js'

/**
 * The host's clock in the recorder process: the time of a message while it is being processed,
 * otherwise the host's current time, which is known because both are on one machine.
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

  /** Runs work about something that was sent at that time. */
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

/** Returns what {@link HostClock} needs to know about this process's clocks. */
export function ownClock(): HostStarted['clock'] {
  const { timeOrigin } = performance
  return { origin: timeOrigin, monotonicAtOrigin: machineMilliseconds() - unpatched.now() }
}

/**
 * Returns the machine's monotonic clock, which all processes share; a process's own clock counts
 * from its start.
 */
function machineMilliseconds(): number {
  const [seconds, nanoseconds] = unpatched.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}
