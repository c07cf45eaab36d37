/**
 * Converts a record's time (ISO 8601, up to microseconds) to microseconds since 1970; undefined if
 * it is invalid. `Date` alone would round to milliseconds.
 */
export function microsOfIso(time: string): number | undefined {
  // Tacho's own format; events of the same second mostly follow each other.
  if (time.length === OURS.length && time.charCodeAt(SECOND) === POINT && time.endsWith('Z')) {
    const [second, fraction] = [time.slice(0, SECOND), time.slice(SECOND + 1, -1)]
    if (/^\d+$/.test(fraction)) {
      if (second !== last.text) last = { text: second, micros: parsed(`${second}Z`) }
      return last.micros === undefined ? undefined : last.micros + Number(fraction)
    }
  }
  return parsed(time)
}

const OURS = '2026-11-28T12:34:56.123456Z'
const SECOND = OURS.indexOf('.')
const POINT = '.'.charCodeAt(0)

/** The last second that was parsed. */
let last: { text: string; micros: number | undefined } = { text: '', micros: undefined }

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
