/** This many consecutive bytes are a gram. */
export const GRAM = 5
/** A table of grams has one bit per hash value. */
export const GRAM_BITS = 19
export const GRAMS_BYTES = 2 ** GRAM_BITS / 8
/** Odd, and different from each other in about half of their bits. */
export const FACTORS = [0x9e3779b1 | 0, 0x85ebca6b | 0] as const

/**
 * Only the first bytes of a longer text: around each seam between pieces of a request, this many
 * are noted together.
 */
export const NEEDLE_BYTES = 48

/**
 * Returns the grams of these texts: if a text is there, so are all grams in one of the lists.
 * Ignores case. Undefined if a text is too short.
 */
export function gramsOfTexts(texts: readonly string[]): number[][] | undefined {
  const lists = texts.map((text) => gramsOf(text.slice(0, NEEDLE_BYTES)))
  return lists.length === 0 || lists.some((grams) => grams.length === 0) ? undefined : lists
}

const CASE_BITS = 0x20202020
const CASE_BIT = 0x20

function gramsOf(text: string): number[] {
  const bytes = Buffer.from(text)
  const grams: number[] = []
  for (let at = 0; at + GRAM <= bytes.length; at += 1) {
    const four = Math.imul(bytes.readInt32LE(at) | CASE_BITS, FACTORS[0])
    const last = Math.imul((bytes[at + GRAM - 1] ?? 0) | CASE_BIT, FACTORS[1])
    grams.push((four + last) >>> (32 - GRAM_BITS))
  }
  return grams
}
