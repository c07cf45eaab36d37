import { cut } from '@tacho/format'
import type { Scrubber } from '@tacho/scrub'

/** A command is that long; what is longer are contents, which the raw log has. */
const TEXT_CHARACTERS = 4 * 1024

/** Nobody nests the input of a tool this deep. */
const DEPTH = 8

/** A message with its long texts cut: first scrubbed, for half of a secret would not be known for one. */
export function shortened(
  json: Record<string, unknown>,
  scrubber: Scrubber,
): Record<string, unknown> {
  return short(json, scrubber, DEPTH) as Record<string, unknown>
}

function short(value: unknown, scrubber: Scrubber, depth: number): unknown {
  if (typeof value === 'string') return cut(scrubber.text(value), TEXT_CHARACTERS)
  if (typeof value !== 'object' || value === null) return value
  if (depth === 0) return undefined
  if (Array.isArray(value)) return value.map((one) => short(one, scrubber, depth - 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, short(one, scrubber, depth - 1)]),
  )
}
