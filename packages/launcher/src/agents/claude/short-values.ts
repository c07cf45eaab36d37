import { cut } from '@tacho/format'
import type { Scrubber } from '@tacho/scrub'

/** As long as a command gets; longer texts are contents, which the raw log has. */
const TEXT_CHARACTERS = 4 * 1024

/** Deeper than the input of any tool. */
const DEPTH = 8

/**
 * Cuts the long texts of a message. Scrubs first, because half of a secret would not be recognized.
 */
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
