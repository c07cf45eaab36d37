import type { Swept } from '@tacho/scrub'

/** A place in a body to be replaced, and the same number of bytes to replace it. */
export type Replacement = { at: number; bytes: Uint8Array; rule: string }

/**
 * Returns what was replaced in swept bytes. @param from the offset in the body at which they begin.
 */
export function replacementsIn({ bytes, found }: Swept, from: number): Replacement[] {
  return found.map(([at, length, rule]) => ({
    at: from + at,
    bytes: Uint8Array.from(bytes.subarray(at, at + length)),
    rule,
  }))
}

/**
 * Applies the replacements that fall into a part of a body; returns the same bytes if none does.
 *
 * @param from the offset in the body at which the part begins.
 */
export function replacedPart(
  part: Uint8Array,
  from: number,
  replacements: readonly Replacement[],
): { bytes: Uint8Array; scrubbed: [at: number, length: number, rule: string][] } {
  let bytes = part
  const scrubbed: [number, number, string][] = []
  for (const { at, bytes: replacement, rule } of within(replacements, from, part.length)) {
    const start = Math.max(at, from)
    const end = Math.min(at + replacement.length, from + part.length)
    if (start >= end) continue
    if (bytes === part) bytes = Uint8Array.from(part)
    bytes.set(replacement.subarray(start - at, end - at), start - from)
    scrubbed.push([start - from, end - start, rule])
  }
  return { bytes, scrubbed }
}

/**
 * Returns those that overlap a part. They are in order and do not overlap each other; there may be
 * very many.
 */
function within(
  replacements: readonly Replacement[],
  from: number,
  length: number,
): readonly Replacement[] {
  const first = countUntil(replacements, ({ at, bytes }) => at + bytes.length <= from)
  const last = countUntil(replacements, ({ at }) => at < from + length)
  return replacements.slice(first, last)
}

function countUntil(
  replacements: readonly Replacement[],
  isBefore: (replacement: Replacement) => boolean,
): number {
  let [low, high] = [0, replacements.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const replacement = replacements[middle]
    if (replacement !== undefined && isBefore(replacement)) low = middle + 1
    else high = middle
  }
  return low
}
