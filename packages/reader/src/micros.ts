/**
 * Converts a record's time (ISO 8601, up to microseconds) to microseconds since 1970; undefined if
 * it is invalid. `Date` alone would round to milliseconds.
 */
export function microsOfIso(time: string): number | undefined {
  // Tacho's own format; events of the same second mostly follow each other.
  if (time.length === OURS.length && time.charCodeAt(SECOND) === POINT) {
    const fraction = microsIn(time)
    if (fraction >= 0) {
      if (!time.startsWith(last.second)) {
        const second = time.slice(0, SECOND)
        last = { second, micros: parsed(`${second}Z`) }
      }
      return last.micros === undefined ? undefined : last.micros + fraction
    }
  }
  return parsed(time)
}

const OURS = '2026-11-28T12:34:56.123456Z'
const SECOND = OURS.indexOf('.')
const POINT = '.'.charCodeAt(0)

/** The last second that was parsed; no time begins like the first. */
let last: { second: string; micros: number | undefined } = { second: 'none', micros: undefined }

/** Returns the six digits at the end of a time in UTC; -1 if they are not. */
function microsIn(time: string): number {
  let micros = 0
  for (let at = SECOND + 1; at < time.length - 1; at += 1) {
    const digit = time.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return -1
    micros = micros * 10 + digit
  }
  return time.endsWith('Z') ? micros : -1
}

function parsed(time: string): number | undefined {
  const milliseconds = Date.parse(time)
  if (Number.isNaN(milliseconds)) return undefined
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? ''
  return Math.floor(milliseconds / 1000) * 1_000_000 + Number(fraction.padEnd(6, '0').slice(0, 6))
}

/** Converts an OTLP time (nanoseconds since 1970, as decimal digits) to microseconds. */
export function microsOfNanos(nanos: unknown): number | undefined {
  const text = String(nanos)
  // Current times in nanoseconds exceed the safe integers: a division could lose a microsecond.
  return /^\d{1,20}$/.test(text) ? Number(text.slice(0, -3)) : undefined
}

/**
 * Formats microseconds since 1970 as ISO 8601 with microseconds; undefined if out of range for a
 * date.
 */
export function isoOfMicros(micros: number): string | undefined {
  const date = new Date(Math.floor(micros / 1_000_000) * 1000)
  if (Number.isNaN(date.getTime())) return undefined
  const fraction = String(Math.floor(micros % 1_000_000)).padStart(6, '0')
  return date.toISOString().replace(/\.\d+Z$/, `.${fraction}Z`)
}
