import { InvalidArgumentError } from 'commander'

const UNITS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** An age as an option has it, in milliseconds: `30m`, `12h`, `7d`, `2w`. */
export function ageOf(text: string): number {
  const age = ageIn(text)
  if (age !== undefined) return age
  throw new InvalidArgumentError('It is a number and m, h, d or w: 30m, 12h, 7d, 2w.')
}

/** A time as an option has it, in milliseconds since 1970: an age, or a date with or without a time. */
export function timeOf(text: string): number {
  const age = ageIn(text)
  const time = age === undefined ? Date.parse(text) : Date.now() - age
  if (!Number.isNaN(time)) return time
  throw new InvalidArgumentError('It is an age (12h, 7d) or a date (2026-11-25, 2026-11-25T08:00).')
}

function ageIn(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,6})([mhdw])$/.exec(text) ?? []
  const milliseconds = UNITS[unit]
  return count === undefined || milliseconds === undefined
    ? undefined
    : Number(count) * milliseconds
}
