/** Formats a duration with two significant parts: `85ms`, `1.2s`, `2m 05s`, `3h 12m`, `2d 03h`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.round(milliseconds)}ms`
  const seconds = milliseconds / 1000
  if (seconds < 59.95) return `${seconds.toFixed(1)}s`
  const whole = Math.round(seconds)
  if (whole < 3600) return parts(whole, 60, 'm', 1, 's')
  return whole < 86_400 ? parts(whole, 3600, 'h', 60, 'm') : parts(whole, 86_400, 'd', 3600, 'h')
}

/** Formats microseconds exactly to the millisecond, at any length: `0.050s`, `2h 01m 05.123s`. */
export function exactTime(micros: number): string {
  const milliseconds = Math.floor(micros / 1000)
  const [seconds, minutes] = [Math.floor(milliseconds / 1000), Math.floor(milliseconds / 60_000)]
  const [hours, days] = [Math.floor(minutes / 60), Math.floor(minutes / 1440)]
  const two = (number: number): string => String(number).padStart(2, '0')
  const rest = `.${String(milliseconds % 1000).padStart(3, '0')}s`
  if (minutes === 0) return `${seconds}${rest}`
  const small = `${two(seconds % 60)}${rest}`
  if (hours === 0) return `${minutes}m ${small}`
  if (days === 0) return `${hours}h ${two(minutes % 60)}m ${small}`
  return `${days}d ${two(hours % 24)}h ${two(minutes % 60)}m ${small}`
}

/** Formats a number of bytes: `512 B`, `39.5 kB`, `1.2 GB` (powers of 1000). */
export function byteCount(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const [amount, unit] = scaled(bytes, ['kB', 'MB', 'GB', 'TB'])
  return `${amount} ${unit}`
}

/** Formats a number of tokens: `812`, `12.3k`, `1.2M`. */
export function tokenCount(tokens: number): string {
  return tokens < 1000 ? String(tokens) : scaled(tokens, ['k', 'M', 'G']).join('')
}

/** Formats the tokens of a request and its answer, `1.2k/34`; `1.2k in` if only those are known. */
export function tokenPair(input: number | undefined, output: number | undefined): string {
  if (input === undefined) return output === undefined ? '' : `${tokenCount(output)} out`
  return output === undefined
    ? `${tokenCount(input)} in`
    : `${tokenCount(input)}/${tokenCount(output)}`
}

/**
 * Formats a time (ISO 8601) in the local zone, `2026-11-23 10:00:00`; undefined if it is invalid.
 */
export function localTime(iso: string | undefined): string | undefined {
  const date = new Date(iso ?? Number.NaN)
  if (Number.isNaN(date.getTime())) return undefined
  const two = (number: number): string => String(number).padStart(2, '0')
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`
}

/** Formats a time without seconds, and without the current year: `11-23 10:00`. */
export function shortTime(iso: string | undefined): string | undefined {
  const thisYear = `${new Date().getFullYear()}-`
  const time = localTime(iso)?.slice(0, -3)
  return time?.startsWith(thisYear) ? time.slice(thisYear.length) : time
}

function parts(whole: number, large: number, one: string, small: number, other: string): string {
  const rest = Math.floor((whole % large) / small)
  return `${Math.floor(whole / large)}${one} ${String(rest).padStart(2, '0')}${other}`
}

function scaled(number: number, units: readonly string[]): [amount: string, unit: string] {
  let amount = number / 1000
  let index = 0
  while (amount >= 999.95 && index < units.length - 1) {
    amount /= 1000
    index += 1
  }
  return [amount.toFixed(1), units[index] ?? '']
}
