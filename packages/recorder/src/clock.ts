/** Where times come from; a double stands in for it in tests. */
export type Clock = {
  /** Microseconds since the epoch. Never goes back. */
  microseconds(): number
}

const origin = performance.timeOrigin * 1000

/** The system's time when the process started, counted on by the monotonic clock. */
export const systemClock: Clock = {
  microseconds: () => Math.round(origin + performance.now() * 1000),
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
