/** Where times come from; a double stands in for it in tests. */
export type Clock = {
  /** Microseconds since the epoch. Never goes back. */
  microseconds(): number
  /**
   * Microseconds that passed between two of its times, where that is not their difference: without
   * what it was set forward by.
   */
  elapsed?(from: number, to: number): number
  /** When it was set forward, and by how much; below 0 where the wall clock was set back, which it was not. */
  sets?(): readonly ClockSet[]
}

/** The wall clock was ahead of ours at once, or behind it, by this many microseconds. */
export type ClockSet = { at: number; by: number }

/** The two clocks of a machine, in milliseconds. */
export type MachineClocks = {
  /** Goes on evenly while the machine is awake, from any moment on. */
  monotonic(): number
  /** The world's time, since the epoch. Anybody can set it. */
  wall(): number
}

/** This many settings of the clock are told of; a machine that sleeps every minute has them in a day. */
const SETS = 2000

/** How far the wall clock may be ahead of ours before ours is set forward, in microseconds. */
const AHEAD = 1_000_000

/**
 * The world's time, counted on by the monotonic clock: no adjustment of the wall clock makes a
 * duration longer, shorter or negative. But Linux stops the monotonic clock while the machine sleeps
 * (`CLOCK_MONOTONIC`, clock_gettime(2)), so where the wall clock is ahead by more than a second, ours
 * is set forward to it. It is never set back: where the wall clock is, ours waits for nothing and
 * goes on from where it is.
 *
 * So a time is the world's, and what is measured inside of one exchange ({@link Clock.elapsed}) is
 * the monotonic clock's: a sleep in the middle of it moves what comes after it, and lengthens nothing.
 *
 * @param origin microseconds since the epoch at which the monotonic clock stood at 0.
 */
export function steadyClock(clocks: MachineClocks, origin: number): Required<Clock> {
  let offset = origin
  /** When it was set forward, and by how much. */
  const jumps: ClockSet[] = []
  const sets: ClockSet[] = []
  /** By how much the wall clock is known to be behind ours. */
  let behind = 0
  return {
    microseconds() {
      const time = clocks.monotonic() * 1000 + offset
      const by = clocks.wall() * 1000 - time
      if (!(by > AHEAD)) {
        if (by - behind < -AHEAD && sets.length < SETS)
          sets.push({ at: Math.round(time), by: by - behind })
        if (Math.abs(by - behind) > AHEAD) behind = by
        return Math.round(time)
      }
      offset += by
      behind = 0
      const at = Math.round(time + by)
      jumps.push({ at, by })
      if (sets.length < SETS) sets.push({ at, by })
      return at
    },
    sets: () => sets,
    elapsed(from, to) {
      let slept = 0
      for (const { at, by } of jumps) if (from < at && at <= to) slept += by
      return Math.max(0, Math.round(to - from - slept))
    },
  }
}

/** This machine's. */
export const systemClock: Required<Clock> = steadyClock(
  { monotonic: () => performance.now(), wall: () => Date.now() },
  performance.timeOrigin * 1000,
)

/** Microseconds that passed between two times of a clock. */
export function elapsedOn(clock: Clock, from: number, to: number): number {
  return clock.elapsed?.(from, to) ?? to - from
}

/** ISO 8601 in UTC with microseconds. */
export function isoTime(microseconds: number): string {
  const milliseconds = Math.floor(microseconds / 1000)
  const rest = String(microseconds - milliseconds * 1000).padStart(3, '0')
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${rest}Z`
}

/** Seconds and nanoseconds, as OpenTelemetry's API takes times. */
export function hrTime(microseconds: number): [number, number] {
  const seconds = Math.floor(microseconds / 1_000_000)
  return [seconds, (microseconds - seconds * 1_000_000) * 1000]
}
