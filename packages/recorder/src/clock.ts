/** A source of times; tests replace it. */
export type Clock = {
  /** Returns microseconds since the epoch. Never goes backwards. */
  microseconds(): number
  /**
   * Returns the microseconds that passed between two of its times, without any jump forward between
   * them. Needed only if that is not their difference.
   */
  elapsed?(from: number, to: number): number
  /**
   * The times when the clock was set forward, and by how much. A negative value means the wall
   * clock was set back; this clock was not.
   */
  sets?(): readonly ClockSet[]
}

/** A jump of the wall clock relative to ours, in microseconds. */
export type ClockSet = { at: number; by: number }

/** A machine's two clocks, in milliseconds. */
export type MachineClocks = {
  /** Advances evenly while the machine is awake, from an arbitrary start. */
  monotonic(): number
  /** The time of day, since the epoch. Anyone can set it. */
  wall(): number
}

/** The most clock changes recorded; a machine that sleeps every minute reaches this in a day. */
const SETS = 2000

/** How many microseconds the wall clock may be ahead before this clock is set forward. */
const AHEAD = 1_000_000

/**
 * A wall clock advanced by the monotonic clock: no adjustment of the wall clock makes a duration
 * longer, shorter or negative. But Linux stops the monotonic clock while the machine sleeps
 * (`CLOCK_MONOTONIC`, clock_gettime(2)), so if the wall clock is ahead by more than a second, this
 * clock is set forward to it. It is never set back: if the wall clock is, this one simply keeps
 * running.
 *
 * So times are wall-clock times, and durations within an exchange ({@link Clock.elapsed}) come from
 * the monotonic clock: a sleep shifts what comes after it and lengthens nothing.
 *
 * @param origin the time at which the monotonic clock was 0, in microseconds since the epoch.
 */
export function steadyClock(clocks: MachineClocks, origin: number): Required<Clock> {
  let offset = origin
  /** When this clock was set forward, and by how much. */
  const jumps: ClockSet[] = []
  const sets: ClockSet[] = []
  /** How far the wall clock is known to be behind this one. */
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

/** This machine's clock. */
export const systemClock: Required<Clock> = steadyClock(
  { monotonic: () => performance.now(), wall: () => Date.now() },
  performance.timeOrigin * 1000,
)

/** Returns the microseconds that passed between two times of a clock. */
export function elapsedOn(clock: Clock, from: number, to: number): number {
  return clock.elapsed?.(from, to) ?? to - from
}

/** Formats a time as ISO 8601 in UTC with microseconds. */
export function isoTime(microseconds: number): string {
  const milliseconds = Math.floor(microseconds / 1000)
  const rest = String(microseconds - milliseconds * 1000).padStart(3, '0')
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${rest}Z`
}

/** Converts a time to seconds and nanoseconds, as OpenTelemetry's API takes it. */
export function hrTime(microseconds: number): [number, number] {
  const seconds = Math.floor(microseconds / 1_000_000)
  return [seconds, (microseconds - seconds * 1_000_000) * 1000]
}
