import { InvalidArgumentError } from 'commander'

/** Parses an age on the command line (`30m`, `12h`, `7d`, `2w`) into milliseconds. */
export function ageOf(text: string): number {
  const age = knownAge(text)
  if (age !== undefined) return age
  throw new InvalidArgumentError('It must be a number followed by m, h, d or w: 30m, 12h, 7d, 2w.')
}

/** Returns the time (milliseconds since 1970) that an age before now, or an ISO time, refers to. */
export function sinceOf(text: string): number {
  const age = knownAge(text)
  if (age !== undefined) return Date.now() - age
  // Date.parse alone accepts nearly anything.
  const time = ISO_TIME.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(time)) return time
  throw new InvalidArgumentError(
    'It is an age (30m, 12h, 7d, 2w) or a time (2026-11-23T10:00:00Z).',
  )
}

const ISO_TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/
const UNITS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

function knownAge(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,6})([mhdw])$/.exec(text) ?? []
  const milliseconds = UNITS[unit]
  return count === undefined || milliseconds === undefined
    ? undefined
    : Number(count) * milliseconds
}
