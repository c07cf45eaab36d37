import type { ScrubbedBytes } from './scrubbed.js'
import type { SearchIndex } from './search-index.js'
import type { Range } from './suspects.js'
import type { Sweep } from './sweep.js'
import type { Found, Swept } from './swept.js'

/**
 * Sweeps the next lines of an answer. Those in which nothing can begin only pass: they were searched
 * when the answer's texts were joined.
 *
 * @param suspects the other lines.
 */
export function sweepLines(
  sweep: Sweep,
  bytes: Uint8Array,
  suspects: readonly Range[],
  index: SearchIndex,
): Swept {
  const suspected = suspects.reduce((sum, [from, to]) => sum + to - from, 0)
  // In pieces that are nearly as long as the whole, it would take longer.
  if (suspected * 2 > bytes.length) return sweep.push(bytes, index, false)
  const parts: Swept[] = []
  let at = 0
  const take = (to: number, isSuspect: boolean): void => {
    if (to === at) return
    const part = at === 0 && to === bytes.length ? bytes : bytes.subarray(at, to)
    const isPassed = !isSuspect && sweep.pass(part, index)
    parts.push(
      isPassed ? { bytes: part as ScrubbedBytes, found: [] } : sweep.push(part, index, false),
    )
    at = to
  }
  for (const [from, to] of suspects) {
    take(from, false)
    take(to, true)
  }
  take(bytes.length, false)
  const [first] = parts
  return first !== undefined && parts.length === 1 ? first : joined(parts, bytes)
}

/** Joins parts, without copying them if they are still as they came. */
function joined(parts: readonly Swept[], source: Uint8Array): Swept {
  const length = parts.reduce((sum, { bytes }) => sum + bytes.length, 0)
  const begin = parts.find(({ bytes }) => bytes.length > 0)?.bytes.byteOffset ?? 0
  const found: Found[] = []
  let isSame = true
  let at = 0
  for (const part of parts) {
    const { buffer, byteOffset } = part.bytes
    isSame &&= part.bytes.length === 0 || (buffer === source.buffer && byteOffset === begin + at)
    for (const [place, size, rule] of part.found) found.push([at + place, size, rule])
    at += part.bytes.length
  }
  if (isSame)
    return {
      bytes: source.subarray(begin - source.byteOffset).subarray(0, length) as ScrubbedBytes,
      found,
    }
  const bytes = new Uint8Array(length)
  at = 0
  for (const part of parts) {
    bytes.set(part.bytes, at)
    at += part.bytes.length
  }
  return { bytes: bytes as ScrubbedBytes, found }
}
