/** This many bytes that stand one after the other are a gram. */
export const GRAM = 5
/** A table of grams has a bit for each value of their hash. */
export const GRAM_BITS = 19
export const GRAMS_BYTES = 2 ** GRAM_BITS / 8
/** Odd, and far from each other in all bits. */
export const FACTORS = [0x9e3779b1 | 0, 0x85ebca6b | 0] as const

/**
 * Of a longer text the beginning: around each place where pieces of a request meet, so much is noted
 * together.
 */
export const NEEDLE_BYTES = 48

/**
 * The grams of each of these texts: one of these lists stands whole where one of the texts does.
 * Letters of either case are the same. Nothing where a text is too short to tell.
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
