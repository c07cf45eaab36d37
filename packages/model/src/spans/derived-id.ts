/**
 * Derives a span id from what the span is about, so that the id is the same whenever the span is
 * made: 16 hex digits, never all zero. It uses two 32-bit hashes by multiplication and exclusive
 * or, as in MurmurHash3. Nobody gains from a collision, and a session has only some thousand ids.
 */
export function derivedId(...about: readonly string[]): string {
  let [one, other] = [0x9e3779b9, 0x85ebca6b]
  const text = about.join('\u0000')
  for (let at = 0; at < text.length; at += 1) {
    const code = text.codePointAt(at) ?? 0
    // A character outside the Basic Multilingual Plane takes two units.
    if (code > 0xffff) at += 1
    one = Math.imul(one ^ code, 0x9e3779b1)
    other = Math.imul(other ^ code, 0x5f356495)
    one ^= one >>> 15
    other ^= other >>> 13
  }
  one = mixed(one ^ other)
  other = mixed(other ^ Math.imul(one, 0x27d4eb2f))
  const id = hex(one) + hex(other)
  return id === '0000000000000000' ? '0000000000000001' : id
}

function mixed(hash: number): number {
  let mix = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35)
  return (mix ^ (mix >>> 16)) >>> 0
}

function hex(number: number): string {
  return (
    (BYTES[number >>> 24] ?? '') +
    (BYTES[(number >>> 16) & 0xff] ?? '') +
    (BYTES[(number >>> 8) & 0xff] ?? '') +
    (BYTES[number & 0xff] ?? '')
  )
}

/** Formatting a number and padding it takes longer than all of the hash. */
const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
