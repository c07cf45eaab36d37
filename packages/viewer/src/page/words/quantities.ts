/** Formats a duration given in microseconds: `312 ms`, `4.1 s`, `2 min 5 s`, `3 h 12 min`. */
export function duration(micros: number): string {
  const ms = micros / 1000
  if (ms < 1) return `${ms.toFixed(2)} ms`
  if (ms < 1000) return `${Math.round(ms)} ms`
  const seconds = ms / 1000
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** Formats the time since the start of a session, to the millisecond: `+2:04:31.207`. */
export function offset(micros: number): string {
  const sign = micros < 0 ? '−' : '+'
  const ms = Math.round(Math.abs(micros) / 1000)
  const [hours, minutes] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60]
  const seconds = `${Math.floor(ms / 1000) % 60}`.padStart(2, '0')
  const rest = `${ms % 1000}`.padStart(3, '0')
  const start = hours > 0 ? `${hours}:${`${minutes}`.padStart(2, '0')}` : `${minutes}`
  return `${sign}${start}:${seconds}.${rest}`
}

/** Formats a number: `1,234`. */
export function count(number: number): string {
  return number.toLocaleString('en-US')
}

/** Formats a count with its noun: `3 exchanges`, `1 exchange`. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`
}

/** Formats a number of bytes: `512 B`, `38.9 kB`, `1.2 MB`. */
export function byteCount(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** Formats date and time in the viewer's time zone. */
export function dateTime(iso: string): string {
  const time = new Date(iso)
  if (Number.isNaN(time.getTime())) return iso
  return time.toLocaleString('en-CA', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
}
